using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Tests.Reporting;

/// <summary>Forecasts of a few windows whose errors are chosen, without a model.</summary>
internal static class SmallPart
{
    /// <summary>Series whose forecast is wrong by a number that the window and the step give; the baselines are real.</summary>
    /// <param name="error">Added to what came true, by window and step; from 0.</param>
    /// <param name="horizon">Steps.</param>
    /// <param name="series">How many, of 40 rows, each ten times as large as the one before; the last 12 are the test part.</param>
    public static PartForecasts Of(Func<int, int, double> error, int horizon = 2, int series = 1)
    {
        TimeSeriesSet set = new()
        {
            Series = [.. Enumerable.Range(0, series).Select(s => new TimeSeries(
                series == 1 ? string.Empty : $"s{s}", TimeAxis.OfRows(40), ["y"], [[.. Enumerable.Range(0, 40).Select(t => Math.Pow(10, s) * (5 + (t % 4) + (0.1 * t)))]]))],
            Inputs = ["y"],
            Targets = ["y"],
            SourceName = "small.csv",
            Sha256 = string.Empty,
        };
        ChronologicalSplit[] splits = [.. set.Series.Select(_ => new ChronologicalSplit(20, 28, 40))];
        ForecasterConfig config = ModelFit.Describe(new RunOptions { Horizon = horizon, ContextLength = 6, Seasonality = 4 }, set, splits);
        WindowIndex windows = WindowIndex.Of(splits, Part.Test, config.ContextLength, horizon);
        double[] forecasts = [.. Enumerable.Range(0, windows.Count * horizon).Select(n =>
            set.Series[windows[n / horizon].Series].Column(0)[windows[n / horizon].Origin + 1 + (n % horizon)] + error(n / horizon, n % horizon))];
        var evaluation = new Evaluation(set, [.. splits.Select(split => split.TrainEnd)], config);
        var baselines = evaluation.Baselines(windows);
        return new PartForecasts(set, config, windows, [.. evaluation.Rows(windows, new WindowForecasts(forecasts))], baselines)
        {
            Series = series > 1 ? evaluation.OfEachSeries(windows, forecasts, baselines) : [],
        };
    }

    /// <summary>The metrics of a part whose model has this mean absolute error.</summary>
    public static PartMetrics Metrics(double mae) => PartMetrics.Of(11, "29", "40", [("y", ReportContents.Maes(mae, 2, 3))]);
}
