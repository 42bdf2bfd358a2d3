using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>Whether intervals hold the share of values that they promise.</summary>
internal static class IntervalSection
{
    /// <summary>The chapter; null where the model has no intervals.</summary>
    /// <param name="part">The forecasts.</param>
    /// <param name="metrics">The metrics of all parts.</param>
    public static ReportSection? Of(PartForecasts part, RunMetrics metrics)
    {
        string[] parts = [.. metrics.Splits.Keys.Where(key => metrics.Splits[key].Intervals is not null)];
        if (parts.Length == 0)
            return null;

        IEnumerable<IReadOnlyList<string>> rows = parts.SelectMany(key => metrics.Splits[key].Intervals!.Select(interval => (IReadOnlyList<string>)[
            key, Percent(interval.Coverage), Percent(interval.Observed), MetricsTable.Format(interval.Width)]));
        return new ReportSection("Intervals", Html.Of($"""
            <p>The share of values inside, and the mean width in original units. They are calibrated on the validation part, so that only the
            test part tells how they fare.</p>
            {ReportSection.Table(["Part", "Made for", "Hold", "Mean width"], rows)}
            {(part.Config.Horizon > 1 && part.Windows.Count > 0 ? ReportSection.Grid([ByStep(part)]) : Html.Empty)}
            """));
    }

    private static Html ByStep(PartForecasts part)
    {
        double[] steps = [.. Enumerable.Range(1, part.Config.Horizon).Select(step => (double)step)];
        var plot = new SvgPlot("The share of test values inside the first interval, by step of the horizon") { FromZero = true };
        double coverage = part.Config.Intervals[0].Coverage;
        plot.Level(100 * coverage);
        plot.Line("model", steps, [.. steps.Select((_, step) => 100 * Held(part, step))]);
        return ReportSection.Figure(plot, $"Share of test values inside the {Percent(coverage)} interval by steps ahead, in percent; dashed, what it was made for.");
    }

    private static double Held(PartForecasts part, int step) => part.Rows
        .Where(row => row.Step == step + 1 && row.Actual is not null && row.Intervals is not null)
        .Select(row => row.Actual >= row.Intervals![0].Lower && row.Actual <= row.Intervals[0].Upper ? 1.0 : 0)
        .DefaultIfEmpty(double.NaN).Average();

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");
}
