namespace LstmTorch.Forecasting;

/// <summary>How the quantiles of forecasts fared, over all windows, steps and targets.</summary>
/// <remarks>
/// <code>
/// with ρ_q(y, f) = max(q (y − f), (q − 1)(y − f)) for an actual value y and its quantile f of the share q:
/// pinball = mean over the values and the Q quantiles of ρ_q         units of the target
/// crps    = 2 · pinball                                             units of the target
/// wql     = mean over the quantiles of 2 Σ ρ_q / Σ |y|              dimensionless; null if all y are 0
/// </code>
/// The continuous ranked probability score is ∫ 2 ρ_q dq (Gneiting and Ranjan, "Comparing Density Forecasts Using Threshold- and
/// Quantile-Weighted Scoring Rules", 2011, equation 2); its mean over the quantiles that the model has comes near it where these are many
/// and even, such as 0.05, 0.15, …, 0.95, and compares models of the same quantiles in any case. wql is GluonTS's mean weighted
/// quantile loss (Alexandrov et al., 2020). Of several targets in different units, the largest rules pinball, crps and wql.
/// </remarks>
/// <param name="Pinball">The mean pinball loss.</param>
/// <param name="Crps">The continuous ranked probability score, by its approximation.</param>
/// <param name="Wql">The weighted quantile loss.</param>
/// <param name="Each">Each quantile, ascending.</param>
/// <param name="Intervals">The intervals between two quantiles that are as far from the median as each other, the widest first.</param>
public sealed record QuantileMetrics(
    double Pinball, double Crps, double? Wql, IReadOnlyList<QuantileResult> Each, IReadOnlyList<IntervalMetrics> Intervals)
{
    private const double Rounding = 1e-9;

    /// <summary>Measures the quantiles of forecasts whose values are known.</summary>
    /// <param name="rows">The forecasts; those without an actual value do not count.</param>
    /// <returns>Null where there are no quantiles or no values.</returns>
    public static QuantileMetrics? Of(IEnumerable<PredictionRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double[] shares = [], losses = [];
        int[] below = [], inside = [];
        (int Lower, int Upper)[] pairs = [];
        double[] widths = [];
        double sizes = 0;
        int count = 0;
        foreach (PredictionRow row in rows)
        {
            if (row is not { Actual: { } actual, Quantiles: { } quantiles })
                continue;
            if (count++ == 0)
            {
                shares = [.. quantiles.Select(quantile => quantile.Share)];
                (losses, below, pairs) = (new double[shares.Length], new int[shares.Length], Pairs(shares));
                (inside, widths) = (new int[pairs.Length], new double[pairs.Length]);
            }

            sizes += Math.Abs(actual);
            for (int q = 0; q < shares.Length; q++)
            {
                double error = actual - quantiles[q].Value;
                losses[q] += Math.Max(shares[q] * error, (shares[q] - 1) * error);
                below[q] += error <= 0 ? 1 : 0;
            }

            for (int n = 0; n < pairs.Length; n++)
            {
                double lower = quantiles[pairs[n].Lower].Value, upper = quantiles[pairs[n].Upper].Value;
                inside[n] += actual >= lower && actual <= upper ? 1 : 0;
                widths[n] += upper - lower;
            }
        }

        if (count == 0)
            return null;
        double pinball = losses.Sum() / shares.Length / count;
        return new QuantileMetrics(
            pinball,
            2 * pinball,
            sizes > 0 ? 2 * losses.Sum() / shares.Length / sizes : null,
            [.. shares.Select((share, q) => new QuantileResult(share, (double)below[q] / count, losses[q] / count))],
            [.. pairs.Select((pair, n) => new IntervalMetrics(Math.Round(shares[pair.Upper] - shares[pair.Lower], 12), (double)inside[n] / count, widths[n] / count))]);
    }

    /// <summary>The places of q and 1 − q, where both are there.</summary>
    private static (int Lower, int Upper)[] Pairs(double[] shares) =>
    [
        .. from lower in Enumerable.Range(0, shares.Length)
           where shares[lower] < 0.5
           let upper = Array.FindIndex(shares, share => Math.Abs(share + shares[lower] - 1) < Rounding)
           where upper >= 0
           select (lower, upper),
    ];
}

/// <summary>How one quantile fared.</summary>
/// <param name="Share">The share of values that should lie below it.</param>
/// <param name="Observed">The share that lay at or below it.</param>
/// <param name="Pinball">Its mean pinball loss, in units of the target.</param>
public sealed record QuantileResult(double Share, double Observed, double Pinball);
