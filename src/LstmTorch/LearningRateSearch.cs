using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>
/// The range test: a fresh network takes steps that grow from far too small to far too large, and the loss tells between which sizes it
/// learns (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3).
/// </summary>
public static class LearningRateSearch
{
    private const double Smallest = 1e-6, Largest = 1;

    /// <summary>A loss so many times the least one has left for good.</summary>
    private const double Gone = 4;

    /// <summary>Takes the steps on the training part.</summary>
    /// <param name="options">The network and how it is trained; the learning rate and the epochs do not count.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    /// <param name="steps">How many steps, evenly spaced on a logarithmic scale; at least 10.</param>
    /// <param name="cancellation">Ends the test with an <see cref="OperationCanceledException"/> at the next step.</param>
    /// <returns>The steps until the loss was gone or no longer finite.</returns>
    /// <exception cref="LstmTorchException">An option is out of its range, there is no training window, or the first loss is not finite.</exception>
    public static LearningRateCurve Run(
        RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, int steps, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        options.Validate();
        options = DataLengths.Choose(options, set, splits);
        using var fit = NetworkFit.Of(options, set, splits);
        var step = new TrainingStep(fit.State, options.Training);
        var taken = new List<(double, double)>(steps);
        double least = double.PositiveInfinity;
        fit.State.Model.train();
        for (int number = 0; number < steps; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            double rate = Smallest * Math.Pow(Largest / Smallest, (double)number / (steps - 1));
            int[] batch = Batch(fit.Windows.Count, Math.Min(options.BatchSize, fit.Windows.Count), number, options.Seed);
            StepResult result = step.Run(fit.Data.Batch(fit.Data.Origins(fit.Windows, batch), fit.Weights), rate, options.Seed + number);
            if (result.NotFinite is { } what && taken.Count == 0)
                throw new LstmTorchException(ErrorKind.Diverged, $"{set.SourceName}: the first batch: {what}");
            if (result.NotFinite is not null || result.Loss > Gone * least)
                break;
            taken.Add((rate, result.Loss));
            least = Math.Min(least, LearningRateCurve.Of(taken).Points[^1].Loss);
        }

        return LearningRateCurve.Of(taken);
    }

    /// <summary>The windows of one step, in the order in which an epoch after the other goes through them.</summary>
    private static int[] Batch(int windows, int size, int number, long seed)
    {
        long start = (long)number * size;
        return [.. Enumerable.Range(0, size).Select(n => new Permutation((ulong)seed, (int)((start + n) / windows), windows)[(int)((start + n) % windows)])];
    }
}
