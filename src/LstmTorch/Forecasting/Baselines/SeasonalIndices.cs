namespace LstmTorch.Forecasting.Baselines;

/// <summary>The seasonal part of a series by classical decomposition, where a test finds one.</summary>
/// <remarks>
/// <code>
/// test:       the series has at least 3 seasons, and |r_m| &gt; 1.645·√((1 + 2·Σ_{i&lt;m} r_i²) / n), r_i the autocorrelation at lag i
/// trend:      T_t, the centred moving average of m rows (of an even m: of m + 1 rows, the outer two counted half)
/// index:      mean over the seasons of y_t / T_t, scaled to the mean 1 (multiplicative), where all values are positive
///             mean over the seasons of y_t − T_t, shifted to the mean 0 (additive), elsewhere
/// </code>
/// Multiplicative indices below 0.01 are taken for those of a series that touches zero, which is decomposed additively.
/// Sources: Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition", International Journal of Forecasting 36 (2020),
/// for the test at 90 % of its benchmarks; Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition,
/// section 3.4, for the decomposition.
/// </remarks>
internal sealed class SeasonalIndices
{
    private const double SmallestRatio = 0.01, CriticalValue = 1.645;

    private readonly double[] _indices;
    private readonly bool _isMultiplicative;

    private SeasonalIndices(double[] indices, bool isMultiplicative)
    {
        _indices = indices;
        _isMultiplicative = isMultiplicative;
    }

    /// <summary>Those of a series without a season.</summary>
    public static SeasonalIndices None { get; } = new([0], isMultiplicative: false);

    /// <summary>Tests and decomposes.</summary>
    /// <param name="rows">The series, oldest row first; its first row has phase 0.</param>
    /// <param name="seasonality">m, the steps of one season.</param>
    public static SeasonalIndices Of(ReadOnlySpan<double> rows, int seasonality)
    {
        if (!IsSeasonal(rows, seasonality))
            return None;
        if (Smallest(rows) > 0)
        {
            double[] ratios = Decompose(rows, seasonality, isMultiplicative: true);
            if (Smallest(ratios) >= SmallestRatio)
                return new SeasonalIndices(ratios, isMultiplicative: true);
        }

        return new SeasonalIndices(Decompose(rows, seasonality, isMultiplicative: false), isMultiplicative: false);
    }

    /// <summary>A value without its season.</summary>
    /// <param name="value">In original units.</param>
    /// <param name="row">Its row, counted from the first row of the decomposed series.</param>
    public double Remove(double value, long row)
    {
        double index = _indices[row % _indices.Length];
        return _isMultiplicative ? value / index : value - index;
    }

    /// <summary>A value with its season again.</summary>
    /// <param name="value">Without season.</param>
    /// <param name="row">Its row, counted from the first row of the decomposed series.</param>
    public double Restore(double value, long row)
    {
        double index = _indices[row % _indices.Length];
        return _isMultiplicative ? value * index : value + index;
    }

    /// <summary>The test of the remarks; false where it cannot be made.</summary>
    internal static bool IsSeasonal(ReadOnlySpan<double> rows, int seasonality)
    {
        int n = rows.Length;
        if (seasonality < 2 || n / 3 < seasonality)
            return false;

        double mean = Mean(rows);
        double[] deviations = new double[n];
        for (int t = 0; t < n; t++)
            deviations[t] = rows[t] - mean;
        double variance = VectorMath.Dot(deviations, deviations);
        double sum = 0;
        for (int lag = 1; lag < seasonality; lag++)
            sum += Math.Pow(Correlation(lag), 2);
        return Math.Abs(Correlation(seasonality)) > CriticalValue * Math.Sqrt((1 + (2 * sum)) / n);

        // Of a flat series NaN, which is greater than nothing.
        double Correlation(int lag) => VectorMath.Dot(deviations.AsSpan(lag), deviations.AsSpan(0, n - lag)) / variance;
    }

    private static double[] Decompose(ReadOnlySpan<double> rows, int seasonality, bool isMultiplicative)
    {
        int half = seasonality / 2;
        double ofEnds = seasonality % 2 == 0 ? 0.5 : 1;
        double[] indices = new double[seasonality];
        int[] counts = new int[seasonality];
        for (int t = half; t + half < rows.Length; t++)
        {
            double trend = ofEnds * (rows[t - half] + rows[t + half]);
            foreach (double value in rows[(t - half + 1)..(t + half)])
                trend += value;
            trend /= seasonality;
            indices[t % seasonality] += isMultiplicative ? rows[t] / trend : rows[t] - trend;
            counts[t % seasonality]++;
        }

        for (int phase = 0; phase < seasonality; phase++)
            indices[phase] /= counts[phase];
        double mean = Mean(indices);
        for (int phase = 0; phase < seasonality; phase++)
            indices[phase] = isMultiplicative ? indices[phase] / mean : indices[phase] - mean;
        return indices;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum / values.Length;
    }

    private static double Smallest(ReadOnlySpan<double> values)
    {
        double smallest = double.PositiveInfinity;
        foreach (double value in values)
            smallest = Math.Min(smallest, value);
        return smallest;
    }
}
