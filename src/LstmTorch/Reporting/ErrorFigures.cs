using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;

namespace LstmTorch.Reporting;

/// <summary>Where the errors lie: by step, over time, and in which windows; and whether what is left could still be forecast.</summary>
internal static class ErrorFigures
{
    private const int MostTargets = 3, MostWindows = 8, MostLags = 48, FewestResiduals = 8;

    /// <summary>1.96, within which 95 % of a normal distribution lie.</summary>
    private const double Normal95 = 1.96;

    /// <summary>The chapter; null where there is no window.</summary>
    /// <param name="part">The forecasts.</param>
    /// <param name="metrics">Their metrics.</param>
    public static ReportSection? Of(PartForecasts part, PartMetrics metrics)
    {
        if (part.Windows.Count == 0)
            return null;

        var figures = new List<Html>();
        for (int target = 0; target < Math.Min(MostTargets, part.Config.Targets.Count); target++)
        {
            string name = part.Config.Targets[target];
            TargetMetrics ofTarget = metrics.Targets?[name] ?? metrics.Together;
            if (part.Config.Horizon > 1)
                figures.Add(ByStep(part, target, ofTarget.Best(metric => metric.Mae, part.Config.Seasonality)?.Baseline));
            figures.AddRange(Residuals(part, target));
        }

        return new ReportSection("Errors", Html.Of($"""
            <p>A residual is the actual value less the forecast. Residuals of good one-step forecasts look like noise: no trend, and no
            correlation with those before them beyond the dashed lines, where chance alone would put one in twenty.</p>
            {ReportSection.Grid(figures)}
            <h3>The worst windows</h3>
            <p>By their mean absolute error in units of the mean over all windows{(part.Series.Count > 0 ? " of their series" : "")}; of windows that share steps, the worst.</p>
            {Worst(part)}
            """));
    }

    private static Html ByStep(PartForecasts part, int target, Baseline? best)
    {
        string name = part.Config.Targets[target];
        double[] steps = [.. Enumerable.Range(1, part.Config.Horizon).Select(step => (double)step)];
        var plot = new SvgPlot($"{name}: mean absolute error by step of the horizon") { FromZero = true };
        string? title = best?.Title(part.Config.Seasonality);
        if (best is { } baseline)
            plot.Line("base", steps, part.ErrorsByStep(target, baseline));
        plot.Line("model", steps, part.ErrorsByStep(target, null));
        return ReportSection.Figure(
            plot,
            $"{name}: mean absolute error by steps ahead.",
            [("model", "model"), .. title is null ? [] : new[] { ("base", $"best baseline, {title}") }]);
    }

    /// <summary>One step ahead, of the first series.</summary>
    private static IEnumerable<Html> Residuals(PartForecasts part, int target)
    {
        int series = part.Windows[0].Series;
        int[] places = [.. Enumerable.Range(0, part.Windows.Count).TakeWhile(window => part.Windows[window].Series == series).Select(window => part.Place(window, 0, target))];
        double[] residuals = [.. places.Select(part.Residual)];
        string name = part.Config.Targets[target], of = part.Rows[places[0]].Series is { Length: > 0 } id ? $"{name}, {id}" : name;
        bool hasDates = Array.TrueForAll(places, place => part.Rows[place].Date is not null);
        var overTime = new SvgPlot($"{of}: residuals one step ahead, over the test part") { HasDates = hasDates };
        overTime.Level(0);
        overTime.Line("actual", [.. places.Select((place, n) => hasDates ? part.Rows[place].Date!.Value.ToOADate() : n + 1)], residuals);
        yield return ReportSection.Figure(overTime, $"{of}: residuals one step ahead over the test part{(hasDates ? string.Empty : ", window by window")}.");

        double[] known = [.. residuals.Where(double.IsFinite)];
        if (known.Length < FewestResiduals)
            yield break;
        double[] correlations = Autocorrelation.Of([known], Math.Min(known.Length / 2, Math.Max(20, Math.Min(MostLags, 2 * part.Config.Seasonality))))[1..];
        double bound = Normal95 / Math.Sqrt(known.Length);
        var plot = new SvgPlot($"{of}: autocorrelation of the residuals by lag, with the 95 % bounds");
        plot.Level(bound);
        plot.Level(-bound);
        plot.Bars("model", [.. correlations.Select((_, n) => n + 1.0)], correlations);
        int beyond = correlations.Count(correlation => Math.Abs(correlation) > bound);
        yield return ReportSection.Figure(plot, string.Create(
            CultureInfo.InvariantCulture, $"{of}: autocorrelation of these residuals by lag; {beyond} of {correlations.Length} beyond the 95 % bounds of ±{bound:0.00}."));
    }

    private static Html Worst(PartForecasts part)
    {
        bool hasSeries = part.Rows.Any(row => row.Series.Length > 0), hasTargets = part.Config.Targets.Count > 1, isOneStep = part.Config.Horizon == 1;
        IEnumerable<IReadOnlyList<string>> rows = WorstWindows(part, MostWindows).Select(worst =>
        {
            var (window, target) = worst;
            double[] residuals = [.. Enumerable.Range(0, part.Config.Horizon).Select(step => part.Residual(part.Place(window, step, target)))];
            PredictionRow first = part.Rows[part.Place(window, 0, target)];
            return (IReadOnlyList<string>)[
                first.Origin,
                .. hasSeries ? [first.Series] : Array.Empty<string>(),
                .. hasTargets ? [first.Target] : Array.Empty<string>(),
                .. (isOneStep ? [first.Actual, first.Forecast, residuals[0]] : new double?[] { residuals.Average(Math.Abs), residuals.Average(), residuals.MaxBy(Math.Abs) }).Select(MetricsTable.Format),
            ];
        });
        return ReportSection.Table(
            [
                "Origin",
                .. hasSeries ? ["Series"] : Array.Empty<string>(),
                .. hasTargets ? ["Target"] : Array.Empty<string>(),
                .. isOneStep ? (IEnumerable<string>)["Actual", "Forecast", "Residual"] : ["MAE", "Mean residual", "Largest residual"],
            ],
            rows);
    }

    /// <summary>The windows with the largest errors, in units of the mean error of their series and target; of those that share steps, the worst alone.</summary>
    internal static IReadOnlyList<(int Window, int Target)> WorstWindows(PartForecasts part, int most)
    {
        var errors = new List<(int Window, int Target, double Error)>();
        for (int target = 0; target < part.Config.Targets.Count; target++)
        {
            foreach (var ofSeries in Enumerable.Range(0, part.Windows.Count).GroupBy(window => part.Windows[window].Series))
            {
                (int Window, double Error)[] each = [.. ofSeries.Select(window => (window, part.ErrorOf(window, target))).Where(entry => double.IsFinite(entry.Item2))];
                double mean = each.Select(entry => entry.Error).DefaultIfEmpty().Average();
                errors.AddRange(each.Where(_ => mean > 0).Select(entry => (entry.Window, target, entry.Error / mean)));
            }
        }

        var worst = new List<(int Window, int Target)>();
        foreach (var (window, target, _) in errors.OrderByDescending(entry => entry.Error))
        {
            var (series, origin) = part.Windows[window];
            if (worst.Count < most && !worst.Any(other =>
                other.Target == target && part.Windows[other.Window] is var taken && taken.Series == series && Math.Abs(taken.Origin - origin) < part.Config.Horizon))
                worst.Add((window, target));
        }

        return worst;
    }
}
