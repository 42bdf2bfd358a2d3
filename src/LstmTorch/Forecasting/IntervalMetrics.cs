namespace LstmTorch.Forecasting;

/// <summary>How intervals fared: the share of values that they hold is worth nothing without their width.</summary>
/// <param name="Coverage">The share that they were made for.</param>
/// <param name="Observed">The share of values inside, over all windows, steps and targets.</param>
/// <param name="Width">The mean width, in units of the target; of several targets, over all of them.</param>
public sealed record IntervalMetrics(double Coverage, double Observed, double Width)
{
    /// <summary>Measures the intervals of forecasts whose values are known.</summary>
    /// <param name="rows">The forecasts; those without an actual value do not count.</param>
    /// <param name="coverages">The shares that the rows' intervals were made for, in their order.</param>
    /// <returns>Null where there are no intervals or no values.</returns>
    public static IReadOnlyList<IntervalMetrics>? Of(IEnumerable<PredictionRow> rows, IReadOnlyList<double> coverages)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(coverages);
        int[] inside = new int[coverages.Count];
        double[] widths = new double[coverages.Count];
        int count = 0;
        foreach (PredictionRow row in rows.Where(row => row.Actual is not null))
        {
            count++;
            for (int n = 0; n < inside.Length; n++)
            {
                var (lower, upper) = row.Intervals![n];
                inside[n] += row.Actual >= lower && row.Actual <= upper ? 1 : 0;
                widths[n] += upper - lower;
            }
        }

        return count == 0 || coverages.Count == 0
            ? null
            : [.. coverages.Select((coverage, n) => new IntervalMetrics(coverage, (double)inside[n] / count, widths[n] / count))];
    }
}
