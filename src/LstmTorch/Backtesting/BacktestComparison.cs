using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime;

namespace LstmTorch.Backtesting;

/// <summary>One of the forecasts that were compared.</summary>
/// <param name="Name">The model's name, or that of a baseline.</param>
/// <param name="Metrics">Its errors over all windows.</param>
/// <param name="ToFirst">Its losses less those of the first model; null for the first itself, and for a forecast that does not have all windows.</param>
public sealed record ComparedForecast(string Name, ForecastMetrics Metrics, DieboldMariano? ToFirst);

/// <summary>Models that went through the same folds, and the baselines, held against the first model window by window.</summary>
/// <remarks>
/// The loss of a moment is the mean absolute error of the windows that begin there, of all series, steps and targets; each target is
/// divided by the mean absolute error of its naive forecast over the same windows, so that targets in other units count alike. The linear
/// baseline is that of the first model: it reads as many rows.
/// </remarks>
public static class BacktestComparison
{
    /// <summary>Compares results.</summary>
    /// <param name="set">The data, with the targets of all.</param>
    /// <param name="results">The models' names and results, of the same windows; at least one.</param>
    /// <param name="horizon">The steps of a window.</param>
    /// <param name="stride">The rows between two origins.</param>
    /// <exception cref="LstmTorchException">Two results are of other windows.</exception>
    public static IReadOnlyList<ComparedForecast> Of(TimeSeriesSet set, IReadOnlyList<(string Name, BacktestResult Result)> results, int horizon, int stride)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(results);
        BacktestResult first = results[0].Result;
        foreach (var (name, result) in results)
        {
            if (!Enumerable.Range(0, Math.Max(result.Windows.Count, first.Windows.Count)).All(n => n < result.Windows.Count && n < first.Windows.Count && result.Windows[n] == first.Windows[n]))
                throw new LstmTorchException(ErrorKind.Usage, $"'{name}' and '{results[0].Name}' have other windows; compare models that read the same rows, and whose contexts are shorter than what comes before the first fold");
        }

        var losses = new WindowLosses(set, first.Windows, horizon, first.Baselines[Baseline.Naive]);
        int sharing = (horizon + stride - 1) / stride;
        double[] ofFirst = losses.Of(first.Forecasts);
        var compared = results.Select((entry, n) => new ComparedForecast(
            entry.Name, entry.Result.All.Model, n == 0 ? null : DieboldMariano.Of(losses.Of(entry.Result.Forecasts), ofFirst, sharing))).ToList();
        foreach (var (baseline, metrics) in first.All.Together.Baselines(first.Seasonality))
        {
            double[] forecasts = first.Baselines[baseline];
            bool isWhole = !forecasts.Any(double.IsNaN);
            compared.Add(new ComparedForecast(baseline.Title(first.Seasonality), metrics, isWhole ? DieboldMariano.Of(losses.Of(forecasts), ofFirst, sharing) : null));
        }

        return compared;
    }
}
