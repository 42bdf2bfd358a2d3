using System.Diagnostics;

namespace LstmTorch.Benchmarking;

/// <summary>Times two actions against each other: in turn, so that a change of the machine's state meets both.</summary>
/// <remarks>Medians, because one preemption costs more than a run and would rule a mean.</remarks>
internal static class PairedTimer
{
    private const int FewestPairs = 20, MostRepetitions = 10;

    /// <summary>Runs both in turn until there are 20 pairs and the time is spent.</summary>
    /// <param name="ours">One action.</param>
    /// <param name="theirs">The other.</param>
    /// <param name="wait">Waits until all that was begun has ended.</param>
    /// <param name="time">How long to go on, after the warm-up.</param>
    /// <param name="warmUp">How long to run both before anything counts.</param>
    /// <param name="run">
    /// How long the slower one is repeated, ten times at most, before it is the other's turn; both as often, and waited for at the end. Zero for one at a time.
    /// </param>
    /// <returns>The median milliseconds of each, for one repetition.</returns>
    public static (double Ours, double Theirs) Run(Action ours, Action theirs, Action wait, TimeSpan time, TimeSpan warmUp, TimeSpan run)
    {
        List<double> slower = [];
        for (var clock = Stopwatch.StartNew(); slower.Count == 0 || clock.Elapsed < warmUp;)
            slower.Add(Math.Max(Milliseconds(ours, wait, 1), Milliseconds(theirs, wait, 1)));
        int repetitions = (int)Math.Clamp(run.TotalMilliseconds / Median(slower), 1, MostRepetitions);

        List<double> ourTimes = [], theirTimes = [];
        for (var clock = Stopwatch.StartNew(); ourTimes.Count < FewestPairs || clock.Elapsed < time;)
        {
            ourTimes.Add(Milliseconds(ours, wait, repetitions));
            theirTimes.Add(Milliseconds(theirs, wait, repetitions));
        }

        return (Median(ourTimes), Median(theirTimes));
    }

    /// <summary>The middle value; the mean of the two in the middle of an even count.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Milliseconds(Action action, Action wait, int repetitions)
    {
        long start = Stopwatch.GetTimestamp();
        for (int n = 0; n < repetitions; n++)
            action();
        wait();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / repetitions;
    }
}
