namespace LstmTorch.Data;

/// <summary>A lag at which a series resembles itself.</summary>
/// <param name="Lag">In rows, at least 2.</param>
/// <param name="Correlation">The autocorrelation there.</param>
public readonly record struct RecurringLag(int Lag, double Correlation);

/// <summary>At which lag series resemble themselves: their season, where no calendar tells it.</summary>
public static class Autocorrelation
{
    /// <summary>Longer lags are not looked at: they would take longer than they are worth as a context.</summary>
    private const int LongestLag = 1000;

    /// <summary>A lag needs as many rows three times, to be seen to recur.</summary>
    private const int Repetitions = 3;

    /// <summary>Of lags that are nearly as strong, such as a season and its multiples, the shortest counts.</summary>
    private const double NearlyAsStrong = 0.9;

    /// <summary>Weaker ones explain next to nothing, however many rows make them significant.</summary>
    private const double Weakest = 0.1;

    /// <summary>The chance that noise alone has a lag that stands out.</summary>
    private const double Doubt = 0.05;

    /// <summary>The strongest recurring lag.</summary>
    /// <remarks>
    /// A maximum of the autocorrelations that lies above the band of Bartlett (1946), and as far above what lies between it and lag
    /// 0: a series that only changes slowly has none. It is looked for without the linear trend, and if nothing is found, in the
    /// differences from row to row.
    /// </remarks>
    /// <param name="series">The rows of each series, oldest first; NaN where a value is missing.</param>
    /// <returns>Null where no lag stands out.</returns>
    public static RecurringLag? Strongest(IReadOnlyList<double[]> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Peak([.. series.Select(WithoutTrend)]) ?? Peak([.. series.Select(Differences)]);
    }

    /// <summary>The mean autocorrelation of some series at each lag from 0 on; a missing value counts as the mean.</summary>
    internal static double[] Of(IReadOnlyList<double[]> series, int lags)
    {
        double[] mean = new double[lags + 1];
        int counted = 0;
        foreach (double[] values in series)
        {
            double[] deviations = Deviations(values);
            double variance = Product(deviations, 0);
            if (!(variance > 0) || !double.IsFinite(variance) || values.Length <= lags)
                continue;
            counted++;
            for (int lag = 0; lag <= lags; lag++)
                mean[lag] += (Product(deviations, lag) / variance - mean[lag]) / counted;
        }

        return mean;
    }

    private static RecurringLag? Peak(IReadOnlyList<double[]> series)
    {
        int[] lengths = [.. series.Select(values => values.Length).Order()];
        int lags = lengths.Length == 0 ? 0 : Math.Min(lengths[lengths.Length / 2] / Repetitions, LongestLag);
        double[] correlations = Of(series, lags);
        double rows = lengths.Where(length => length > lags).Sum(length => (double)length), squares = 0, lowest = 1;

        // Of so many lags of pure noise one may come so far.
        double ofNoise = Math.Max(Weakest, Math.Sqrt(2 * Math.Log(Math.Max(lags, 1) / Doubt) / rows));
        var peaks = new List<RecurringLag>();
        for (int lag = 1; lag < lags; lag++)
        {
            double here = correlations[lag], band = Math.Max(ofNoise, 1.96 * Math.Sqrt((1 + (2 * squares)) / rows));
            if (lag > 1 && here > correlations[lag - 1] && here >= correlations[lag + 1] && here > band && here - lowest > band)
                peaks.Add(new RecurringLag(lag, here));
            squares += here * here;
            lowest = Math.Min(lowest, here);
        }

        return peaks.Count == 0 ? null : peaks.First(peak => peak.Correlation >= NearlyAsStrong * peaks.Max(each => each.Correlation));
    }

    private static double[] Deviations(double[] values)
    {
        double mean = values.Where(double.IsFinite).DefaultIfEmpty().Average();
        return [.. values.Select(value => double.IsFinite(value) ? value - mean : 0)];
    }

    private static double Product(double[] deviations, int lag)
    {
        double sum = 0;
        for (int t = lag; t < deviations.Length; t++)
            sum += deviations[t] * deviations[t - lag];
        return sum;
    }

    /// <summary>The residuals of the least-squares line through the rows.</summary>
    private static double[] WithoutTrend(double[] values)
    {
        int[] known = [.. Enumerable.Range(0, values.Length).Where(row => double.IsFinite(values[row]))];
        if (known.Length < 2)
            return values;
        double middle = known.Average(), mean = known.Average(row => values[row]);
        double slope = known.Sum(row => (row - middle) * (values[row] - mean)) / known.Sum(row => (row - middle) * (row - middle));
        return [.. values.Select((value, row) => value - (slope * row))];
    }

    private static double[] Differences(double[] values) => [.. values.Skip(1).Zip(values, (now, before) => now - before)];
}
