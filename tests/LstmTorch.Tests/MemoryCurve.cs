using System.Globalization;

namespace LstmTorch.Tests;

/// <summary>The process's resident memory over a number of steps, and the slope of the line through it.</summary>
/// <param name="steps">How many there will be; the first half is warm-up, in which code is compiled and heaps find their size.</param>
internal sealed class MemoryCurve(int steps)
{
    /// <summary>Below this many steps, a page of 4 KB that comes or goes decides the slope.</summary>
    public const int FewestSteps = 20_000;

    private const int Samples = 1000;

    private readonly List<(double Thousands, double Bytes)> _samples = [];
    private int _step;

    /// <summary>Bytes a thousand steps, by least squares over the samples after the warm-up.</summary>
    public double BytesPerThousand
    {
        get
        {
            double steps = _samples.Average(sample => sample.Thousands), bytes = _samples.Average(sample => sample.Bytes);
            return _samples.Sum(sample => (sample.Thousands - steps) * (sample.Bytes - bytes)) / _samples.Sum(sample => Math.Pow(sample.Thousands - steps, 2));
        }
    }

    /// <summary>Called after every step.</summary>
    public void Step()
    {
        _step++;
        if (_step > steps / 2 && _step % Math.Max(1, steps / Samples) == 0)
            _samples.Add((_step / 1000.0, Environment.WorkingSet));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"resident {_samples[0].Bytes / 1024:F0} KB after the warm-up, {_samples[^1].Bytes / 1024:F0} KB at the end, {BytesPerThousand:F0} bytes a thousand steps");
}
