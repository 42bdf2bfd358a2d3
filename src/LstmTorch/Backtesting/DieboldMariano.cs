namespace LstmTorch.Backtesting;

/// <summary>Whether one forecast is better than another by more than chance.</summary>
/// <remarks>
/// Diebold and Mariano, "Comparing Predictive Accuracy", 1995, with the correction for few forecasts of Harvey, Leybourne and Newbold,
/// "Testing the equality of prediction mean squared errors", 1997, equations 8 and 9.
/// </remarks>
/// <param name="Difference">The mean of what the first loses more than the second: below 0 the first is better.</param>
/// <param name="Statistic">The corrected statistic, of Student's t with one degree of freedom less than there are losses; null where the losses never differ.</param>
/// <param name="PValue">The chance of a statistic as far from 0 if both were equally good; null where there is no statistic.</param>
public sealed record DieboldMariano(double Difference, double? Statistic, double? PValue)
{
    /// <summary>Compares losses pair by pair.</summary>
    /// <param name="first">The losses of one forecast, in the order of time.</param>
    /// <param name="second">Those of the other, of the same windows.</param>
    /// <param name="horizon">How many of the losses, one after the other, share what they forecast: their horizon where there is an origin a row.</param>
    /// <exception cref="ArgumentException">There is not the same number of both.</exception>
    public static DieboldMariano Of(IReadOnlyList<double> first, IReadOnlyList<double> second, int horizon)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        if (first.Count != second.Count)
            throw new ArgumentException($"{first.Count} losses and {second.Count} of the other", nameof(second));
        double[] differences = [.. first.Zip(second, (one, other) => one - other)];
        double mean = differences.Length == 0 ? 0 : differences.Average();
        return OfDifferences(differences, mean, Math.Min(horizon, Math.Max(1, differences.Length / 2)));
    }

    private static DieboldMariano OfDifferences(double[] differences, double mean, int horizon)
    {
        int n = differences.Length;
        double variance = n < 2 ? 0 : Autocovariance(0);
        for (int lag = 1; lag < horizon; lag++)
            variance += 2 * Autocovariance(lag);

        // The sum of autocovariances can come out below 0, which no variance is: the test is then that of one step.
        if (!(variance > 0))
            return horizon > 1 ? OfDifferences(differences, mean, 1) : new DieboldMariano(mean, null, null);
        double correction = (n + 1 - (2.0 * horizon) + ((double)horizon * (horizon - 1) / n)) / n;
        double statistic = Math.Sqrt(correction) * mean / Math.Sqrt(variance / n);
        return new DieboldMariano(mean, statistic, StudentT.TwoSided(statistic, n - 1));

        double Autocovariance(int lag)
        {
            double sum = 0;
            for (int t = lag; t < n; t++)
                sum += (differences[t] - mean) * (differences[t - lag] - mean);
            return sum / n;
        }
    }
}
