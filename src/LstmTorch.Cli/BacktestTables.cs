using System.Globalization;
using LstmTorch.Backtesting;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Persistence;
using LstmTorch.Reporting;

namespace LstmTorch.Cli;

/// <summary>Backtests as text for people.</summary>
internal static class BacktestTables
{
    /// <summary>The best baseline of each fold beside the model, the errors of all folds together, and in how many the model wins.</summary>
    public static void Write(TextWriter output, BacktestResult result, BacktestDirectory directory)
    {
        var table = new TextTable(["fold", "from", "best baseline", "its RMSE", "model RMSE"], wordColumns: 3);
        int won = 0;
        foreach (FoldResult fold in result.Folds)
        {
            var best = fold.Metrics.Together.Best(metrics => metrics.Rmse, result.Seasonality);
            won += fold.Metrics.Model.Rmse < best?.Error ? 1 : 0;
            table.Add(fold.Fold.ToString(CultureInfo.InvariantCulture), fold.Metrics.From, best?.Baseline.Title(result.Seasonality) ?? "-", best?.Error, fold.Metrics.Model.Rmse);
        }

        table.Write(output);
        output.WriteLine();
        ResultTables.WriteForecasts(output, new Dictionary<string, PartMetrics> { ["all folds"] = result.All }, result.Seasonality);
        output.WriteLine();
        output.WriteLine($"By root mean squared error, the model beats the best baseline in {won} of {ResultTables.Count(result.Folds.Count, "fold")}.");
        if (result.All.Quantiles is { } quantiles)
            output.WriteLine(QuantileSummary.Of(quantiles));
        foreach (IntervalMetrics interval in result.All.Intervals ?? [])
            output.WriteLine(FormattableString.Invariant($"{100 * interval.Coverage:0.##} % intervals hold {100 * interval.Observed:F1} % of the values; mean width {interval.Width:G4}"));
        output.WriteLine($"written to {directory.Results}, with {Path.GetFileName(directory.Predictions)} and {Path.GetFileName(directory.Report)} beside it");
    }

    /// <summary>Models and baselines of the same windows, each beside the first model.</summary>
    public static void WriteComparison(TextWriter output, IReadOnlyList<ComparedForecast> compared, int windows, string file)
    {
        var table = new TextTable(["forecast", "MAE", "RMSE", "sMAPE %", "MASE", $"loss - {compared[0].Name}", "statistic", "p"], wordColumns: 1);
        foreach (ComparedForecast each in compared)
            table.Add(each.Name, each.Metrics.Mae, each.Metrics.Rmse, each.Metrics.Smape, each.Metrics.Mase, each.ToFirst?.Difference, each.ToFirst?.Statistic, each.ToFirst?.PValue);
        table.Write(output);
        output.WriteLine();
        output.WriteLine($"{ResultTables.Count(windows, "window")}. Loss: the absolute error in units of the naive forecast's. p: the chance of such a difference between equals (Diebold-Mariano,");
        output.WriteLine("with the correction of Harvey, Leybourne and Newbold); it knows these folds alone, and not what other seeds would have given.");
        output.WriteLine($"written to {file}");
    }
}
