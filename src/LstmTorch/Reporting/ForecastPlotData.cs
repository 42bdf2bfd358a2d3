using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>What one plot of a forecast against the actual values shows: one series, one target, one step.</summary>
/// <param name="Title">The line above the plot.</param>
/// <param name="Target">The name of the target column, for the axis.</param>
/// <param name="Dates">The date of each forecast row, ascending, [n]; null where rows have no dates.</param>
/// <param name="Positions">The step number of each forecast row, ascending, [n]; drawn if there are no dates.</param>
/// <param name="Actual">The values that came true, in original units, [n]; NaN where not known.</param>
/// <param name="Forecast">The forecasts of the model, in original units, [n].</param>
/// <param name="Naive">The forecasts of the last known value, in original units, [n]; null to leave them out.</param>
public sealed record ForecastPlotData(
    string Title,
    string Target,
    IReadOnlyList<DateTime>? Dates,
    IReadOnlyList<double> Positions,
    IReadOnlyList<double> Actual,
    IReadOnlyList<double> Forecast,
    IReadOnlyList<double>? Naive)
{
    /// <summary>The ends of the model's first interval around each forecast, or its outermost quantiles, in original units, [n] each; null where it has none.</summary>
    public (IReadOnlyList<double> Lower, IReadOnlyList<double> Upper)? Interval { get; init; }

    /// <summary>What the interval is called.</summary>
    /// <value>"interval".</value>
    public string IntervalName { get; init; } = "interval";

    /// <summary>The most rows whose lines can be told apart in one plot.</summary>
    private const int LongestReadable = 1000;

    private const int DetailRows = 300;

    /// <summary>How many series are drawn: more would make a report of hundreds of pictures.</summary>
    public const int MostSeries = 3;

    /// <summary>A name for the file of the plot, without folder and extension: letters, digits, - and _ only.</summary>
    /// <value>"forecast".</value>
    public string FileName { get; init; } = "forecast";

    /// <summary>
    /// Chooses the plots of a run: for each series and target the first step, and the last where the horizon has more;
    /// of more than 1000 rows also the last 300 alone, where the lines can be told apart.
    /// </summary>
    /// <param name="predictions">The forecasts of one part, in the order of their origins.</param>
    /// <param name="maximumSeries">How many series to draw at most, the first ones.</param>
    public static IReadOnlyList<ForecastPlotData> Select(
        IReadOnlyList<PredictionRow> predictions, int maximumSeries = MostSeries)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0)
            return [];

        int horizon = predictions.Max(row => row.Step);
        string[] series = [.. predictions.Select(row => row.Series).Distinct().Take(maximumSeries)];
        string[] targets = [.. predictions.Select(row => row.Target).Distinct()];
        int[] steps = horizon > 1 ? [1, horizon] : [1];
        ILookup<(string Series, string Target, int Step), PredictionRow> rows =
            predictions.ToLookup(row => (row.Series, row.Target, row.Step));

        var plots = new List<ForecastPlotData>();
        for (int s = 0; s < series.Length; s++)
        {
            for (int t = 0; t < targets.Length; t++)
            {
                foreach (int step in steps)
                {
                    PredictionRow[] chosen = [.. rows[(series[s], targets[t], step)]];
                    if (chosen.Length == 0)
                        continue;

                    // The number keeps names apart that lose their difference with their odd letters.
                    string ofSeries = series[s].Length > 0 ? $"-{s + 1}-{Plain(series[s])}" : "";
                    string ofTarget = targets.Length > 1 ? $"-{t + 1}-{Plain(targets[t])}" : $"-{Plain(targets[t])}";
                    string ofStep = horizon > 1 ? $"-step-{step}" : "";
                    ForecastPlotData plot =
                        Of(chosen, step) with { FileName = $"forecast{ofSeries}{ofTarget}{ofStep}" };
                    plots.Add(plot);
                    if (chosen.Length > LongestReadable)
                        plots.Add(plot.Last(DetailRows));
                }
            }
        }

        return plots;
    }

    private ForecastPlotData Last(int rows)
    {
        int before = Positions.Count - rows;
        return new ForecastPlotData(
            string.Create(CultureInfo.InvariantCulture, $"{Title}, last {rows} rows"),
            Target,
            Dates?.Skip(before).ToArray(),
            [.. Positions.Skip(before)],
            [.. Actual.Skip(before)],
            [.. Forecast.Skip(before)],
            Naive?.Skip(before).ToArray())
        {
            FileName = $"{FileName}-detail",
            IntervalName = IntervalName,
            Interval = Interval is { } band ? ([.. band.Lower.Skip(before)], [.. band.Upper.Skip(before)]) : null,
        };
    }

    private static ForecastPlotData Of(PredictionRow[] rows, int step)
    {
        // The value at a row's origin is the actual value of the row whose forecast fell on that origin.
        var actualAt = new Dictionary<string, double>(rows.Length, StringComparer.Ordinal);
        foreach (PredictionRow row in rows)
            actualAt[row.Timestamp] = row.Actual ?? double.NaN;

        string ahead = step == 1 ? "1 step ahead" : string.Create(CultureInfo.InvariantCulture, $"{step} steps ahead");
        string ofSeries = rows[0].Series.Length > 0 ? $", {rows[0].Series}" : "";
        return new ForecastPlotData(
            $"{rows[0].Target}{ofSeries}: test part, {ahead}",
            rows[0].Target,
            Dates: DatesOf(rows),
            ReadPositions(rows),
            [.. rows.Select(row => row.Actual ?? double.NaN)],
            [.. rows.Select(row => row.Forecast)],
            [.. rows.Select(row => actualAt.GetValueOrDefault(row.Origin, double.NaN))])
        {
            Interval = Array.TrueForAll(rows, row => row.Intervals is not null)
                ? ([.. rows.Select(row => row.Intervals![0].Lower)], [.. rows.Select(row => row.Intervals![0].Upper)])
                : Array.TrueForAll(rows, row => row.Quantiles is { Count: > 1 })
                    ? ([.. rows.Select(row => row.Quantiles![0].Value)], [.. rows.Select(row => row.Quantiles![^1].Value)])
                    : null,
            IntervalName = rows[0] is { Intervals: null, Quantiles: [var first, .., var last] }
                ? string.Create(CultureInfo.InvariantCulture, $"quantiles {first.Share} to {last.Share}")
                : "interval",
        };
    }

    private static DateTime[]? DatesOf(PredictionRow[] rows)
    {
        DateTime[] dates = [.. rows.Select(row => row.Date).OfType<DateTime>()];
        bool ascend = dates.Zip(dates.Skip(1)).All(pair => pair.First < pair.Second);
        return dates.Length == rows.Length && ascend ? dates : null;
    }

    private static double[] ReadPositions(PredictionRow[] rows)
    {
        var positions = new double[rows.Length];
        for (int n = 0; n < rows.Length; n++)
        {
            bool isNumber = double.TryParse(
                rows[n].Timestamp, NumberStyles.Float, CultureInfo.InvariantCulture, out positions[n]);
            if (!isNumber || !double.IsFinite(positions[n]) || (n > 0 && positions[n] <= positions[n - 1]))
                return [.. Enumerable.Range(1, rows.Length).Select(number => (double)number)];
        }

        return positions;
    }

    private static string Plain(string name)
    {
        // A column name can be as long as a line; a file name cannot.
        const int longest = 60;
        IEnumerable<char> letters = name.Take(longest).Select(
            letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_');
        return string.Concat(letters);
    }
}
