using System.Numerics;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Inference;

/// <summary>The level and the spread of each input column of one window: what is taken from it, and given back to its forecast.</summary>
/// <param name="network">The model.</param>
/// <param name="numbers">
/// <see cref="Floats"/> floats: the levels, then the spreads. For differences the row before, then what each target has come to.
/// </param>
internal readonly unsafe struct WindowLevels(PackedNetwork network, float* numbers)
{
    private const double Epsilon = 1e-5;

    private bool None => network.Config.Normalize == WindowNormalization.None;

    private bool AddsUp => network.Config.Normalize == WindowNormalization.Difference;

    private float* Spreads => numbers + network.InputSize;

    private float* Sums => numbers + network.InputSize;

    /// <summary>The floats that one window takes.</summary>
    public static int Floats(PackedNetwork network) => network.Config.Normalize switch
    {
        WindowNormalization.None => 0,
        WindowNormalization.Difference => network.InputSize + network.TargetColumns.Length,
        _ => 2 * network.InputSize,
    };

    /// <summary>Finds level and spread, of scaled values.</summary>
    /// <param name="window">[context length, inputs], in original units.</param>
    public void Measure<T>(ReadOnlySpan<T> window)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        WindowNormalization kind = network.Config.Normalize;
        int inputs = network.InputSize, rows = window.Length / inputs;
        if (AddsUp)
        {
            ReadOnlySpan<T> last = window[^inputs..];
            for (int column = 0; column < inputs; column++)
                numbers[column] = (float)network.Scale(window[column], column);
            for (int target = 0; target < network.TargetColumns.Length; target++)
                Sums[target] = (float)network.Scale(last[network.TargetColumns[target]], network.TargetColumns[target]);
            return;
        }

        for (int column = 0; column < inputs && !None; column++)
        {
            if (network.KeepsLevel[column])
            {
                (numbers[column], Spreads[column]) = (0, 1);
                continue;
            }

            double level = network.Scale(window[((rows - 1) * inputs) + column], column), variance = 1 - Epsilon;
            if (kind != WindowNormalization.Last)
            {
                level = 0;
                for (int row = 0; row < rows; row++)
                    level += network.Scale(window[(row * inputs) + column], column) / rows;
            }

            if (kind == WindowNormalization.Revin)
            {
                variance = 0;
                for (int row = 0; row < rows; row++)
                    variance += Math.Pow(network.Scale(window[(row * inputs) + column], column) - level, 2) / rows;
            }

            numbers[column] = (float)level;
            Spreads[column] = (float)Math.Sqrt(variance + Epsilon);
        }
    }

    /// <summary>Takes level and spread from the next row of scaled inputs, [inputs].</summary>
    public void Remove(float* scaled)
    {
        if (AddsUp)
        {
            Difference(scaled);
            return;
        }

        for (int column = 0; column < network.InputSize && !None; column++)
            scaled[column] = (scaled[column] - numbers[column]) / Spreads[column];
    }

    /// <summary>Gives a scaled forecast the level and the spread of its target.</summary>
    public float Restore(float forecast, int target)
    {
        if (None)
            return forecast;
        if (AddsUp)
            return forecast + Sums[target];
        int column = network.TargetColumns[target];
        return (forecast * Spreads[column]) + numbers[column];
    }

    /// <summary>Does so for the next step of its target, from which the one after it goes on.</summary>
    public float RestoreNext(float forecast, int target)
    {
        float restored = Restore(forecast, target);
        if (AddsUp)
            Sums[target] = restored;
        return restored;
    }

    private void Difference(float* scaled)
    {
        for (int column = 0; column < network.InputSize; column++)
        {
            if (network.KeepsLevel[column])
                continue;
            float value = scaled[column];
            scaled[column] = value - numbers[column];
            numbers[column] = value;
        }
    }
}
