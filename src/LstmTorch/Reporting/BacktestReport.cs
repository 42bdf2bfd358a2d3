using System.Globalization;
using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Persistence;

namespace LstmTorch.Reporting;

/// <summary>The report of a backtest: how the model fared fold by fold beside the baselines.</summary>
public static class BacktestReport
{
    /// <summary>Writes the report as an HTML document, to be saved as UTF-8.</summary>
    /// <param name="set">The data.</param>
    /// <param name="model">The model's options.</param>
    /// <param name="options">The folds.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="seasonality">The steps of one season.</param>
    public static string Render(TimeSeriesSet set, RunOptions model, BacktestOptions options, BacktestResult result, int seasonality)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(result);
        IReadOnlyList<Verdict> verdicts = Verdict.Of(new Dictionary<string, PartMetrics> { ["all folds"] = result.All }, set.Targets, seasonality);
        return HtmlPage.Of(
            $"Backtest of {Path.GetFileName(set.SourceName)}",
            verdicts,
            model.Normalize,
            [
                new ReportSection("All folds", Html.Of($"""
                    <p>{result.All.Windows} windows, {result.All.From} to {result.All.To}{(set.Targets.Count > 1 ? ", mean over the targets" : "")}, in original units.
                    The best of each column is bold.</p>
                    {MetricsTable.Of(result.All.Together, seasonality)}
                    <details><summary>What the forecasts and the columns are</summary><p>{MetricsTable.Legend}</p><p>{MetricsTable.BaselineLegend}</p></details>
                    """)),
                Folds(result, seasonality),
                new ReportSection("The backtest", Html.Of($"""
                    {ReportSection.Entries([
                        new("Data file", set.SourceName),
                        new("SHA-256", set.Sha256),
                        new("Folds", Number(options.Folds)),
                        new("Rows before the first fold", string.Create(CultureInfo.InvariantCulture, $"{100 * options.Start:0.#} %")),
                        new("Training rows of a fold", options.Window == TrainingWindow.Expanding ? "all before it" : "as many as those of the first"),
                        new("A new model every", options.RefitEvery == 0 ? "one for all folds" : $"{Number(options.RefitEvery)} folds"),
                    ])}
                    <details><summary>Options</summary>
                    {ReportSection.Entries(model.ToJson().Select(option => new ReportEntry(option.Key, option.Value?.ToJsonString(RunConfig.Json).Trim('"') ?? "default")))}
                    </details>
                    """)),
            ]);
    }

    private static ReportSection Folds(BacktestResult result, int seasonality)
    {
        // One baseline for the whole line: which is the best can change from fold to fold.
        var best = result.All.Together.Best(metrics => metrics.Mae, seasonality);
        double[] numbers = [.. result.Folds.Select(fold => (double)fold.Fold)];
        var plot = new SvgPlot("Mean absolute error by fold, of the model and of the best baseline") { FromZero = true };
        if (best is { } found)
            plot.Line("base", numbers, [.. result.Folds.Select(fold => fold.Metrics.Together.Of(found.Baseline)?.Mae ?? double.NaN)]);
        plot.Line("model", numbers, [.. result.Folds.Select(fold => fold.Metrics.Model.Mae ?? double.NaN)]);
        return new ReportSection("Fold by fold", Html.Of($"""
            {ReportSection.Grid([ReportSection.Figure(plot, "Mean absolute error by fold.", [("model", "model"), ("base", $"best over all folds, {best?.Baseline.Title(seasonality) ?? "none"}")])])}
            {ReportSection.Table(
                ["Fold", "From", "To", "Windows", "Model's MAE", "RMSE", "Best baseline", "Its MAE"],
                result.Folds.Select(fold => Row(fold, seasonality)))}
            """));
    }

    private static IReadOnlyList<string> Row(FoldResult fold, int seasonality)
    {
        var best = fold.Metrics.Together.Best(metrics => metrics.Mae, seasonality);
        return
        [
            Number(fold.Fold),
            fold.Metrics.From,
            fold.Metrics.To,
            Number(fold.Metrics.Windows),
            MetricsTable.Format(fold.Metrics.Model.Mae),
            MetricsTable.Format(fold.Metrics.Model.Rmse),
            best?.Baseline.Title(seasonality) ?? "–",
            MetricsTable.Format(best?.Error),
        ];
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
