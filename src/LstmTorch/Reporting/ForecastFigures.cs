using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>Some windows one by one: what the model saw, what it forecast, and what came.</summary>
internal static class ForecastFigures
{
    private const int MostWindows = 4, MostTargets = 3, FewestContextSteps = 24;

    /// <summary>The chapter; null where the horizon is one step, which the plot over the whole part shows better.</summary>
    /// <param name="part">The forecasts.</param>
    public static ReportSection? Of(PartForecasts part)
    {
        if (part.Config.Horizon < 2 || part.Windows.Count == 0)
            return null;

        int count = Math.Min(MostWindows, part.Windows.Count);
        int[] windows = [.. Enumerable.Range(0, count).Select(n => (int)((n + 0.5) * part.Windows.Count / count))];
        IEnumerable<Html> figures = part.Config.Targets.Take(MostTargets).SelectMany((_, target) => windows.Select(window => Fan(part, window, target)));
        string more = part.Config.Targets.Count > MostTargets ? $" The first {MostTargets} of {part.Config.Targets.Count} targets." : string.Empty;
        return new ReportSection("Single forecasts", Html.Of($"""
            <p>Windows spread evenly over the test part, with the end of their contexts. Steps count from the origin, the last known one.{more}</p>
            {ReportSection.Grid(figures)}
            """));
    }

    private static Html Fan(PartForecasts part, int window, int target)
    {
        string name = part.Config.Targets[target];
        var (series, origin) = part.Windows[window];
        int horizon = part.Config.Horizon;
        int context = Math.Min(part.Config.ContextLength, Math.Max(FewestContextSteps, Math.Max(2 * horizon, 2 * part.Config.Seasonality)));
        PredictionRow[] rows = [.. Enumerable.Range(0, horizon).Select(step => part.Rows[part.Place(window, step, target)])];
        double last = part.Set.Series[series].Column(name)[origin];
        double[] ahead = [.. Enumerable.Range(0, horizon + 1).Select(step => (double)step)];
        double[] FromOrigin(IEnumerable<double> values) => [last, .. values];

        var plot = new SvgPlot($"{name}: forecast from {rows[0].Origin} and what came true");
        (double Lower, double Upper)[][] bands = [.. rows.Select(Bands)];
        for (int n = 0; n < bands[0].Length; n++)
            plot.Band("model", ahead, FromOrigin(bands.Select(ofStep => ofStep[n].Lower)), FromOrigin(bands.Select(ofStep => ofStep[n].Upper)));
        plot.Mark(0, string.Empty);
        plot.Line("context", [.. Enumerable.Range(1 - context, context).Select(step => (double)step)], part.Set.Series[series].Column(name).Slice(origin + 1 - context, context).ToArray());
        plot.Line("actual", ahead, FromOrigin(rows.Select(row => row.Actual ?? double.NaN)));
        plot.Line("model", ahead, FromOrigin(rows.Select(row => row.Forecast)));
        string of = rows[0].Series.Length > 0 ? $"{name}, {rows[0].Series}" : name;
        return ReportSection.Figure(
            plot,
            $"{of}, from {rows[0].Origin}: mean absolute error {MetricsTable.Format(part.ErrorOf(window, target))}.",
            [("context", "known"), ("actual", "actual"), ("model", rows[0] switch { { Quantiles: not null } => "median and quantiles", { Intervals: not null } => "model and its intervals", _ => "model" })]);
    }

    /// <summary>The quantiles as pairs that leave out the same share below and above, or the intervals where there are none.</summary>
    private static (double Lower, double Upper)[] Bands(PredictionRow row) => row switch
    {
        { Quantiles: { } quantiles } => [.. Enumerable.Range(0, quantiles.Count / 2).Select(n => (quantiles[n].Value, quantiles[quantiles.Count - 1 - n].Value))],
        { Intervals: { } intervals } => [.. intervals.Select(interval => (interval.Lower, interval.Upper))],
        _ => [],
    };
}
