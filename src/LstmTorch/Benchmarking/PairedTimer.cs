using System.Diagnostics;

namespace LstmTorch.Benchmarking;

/// <summary>Times two actions against each other: in turn, so that a change of the machine's state meets both.</summary>
/// <remarks>Medians, because one preemption costs more than a run and would rule a mean.</remarks>
internal static class PairedTimer
{
    private const int FewestPairs = 20;

    /// <summary>Runs both in turn until there are 20 pairs and the time is spent.</summary>
    /// <param name="ours">One action.</param>
    /// <param name="theirs">The other.</param>
    /// <param name="time">How long to go on, after the warm-up.</param>
    /// <param name="warmUp">How long to run both before anything counts.</param>
    /// <returns>The median milliseconds of each.</returns>
    public static (double Ours, double Theirs) Run(Action ours, Action theirs, TimeSpan time, TimeSpan warmUp)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < warmUp;)
        {
            ours();
            theirs();
        }

        List<double> ourTimes = [], theirTimes = [];
        for (var clock = Stopwatch.StartNew(); ourTimes.Count < FewestPairs || clock.Elapsed < time;)
        {
            ourTimes.Add(Milliseconds(ours));
            theirTimes.Add(Milliseconds(theirs));
        }

        return (Median(ourTimes), Median(theirTimes));
    }

    /// <summary>The middle value; the mean of the two in the middle of an even count.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
