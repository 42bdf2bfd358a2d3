using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime;

namespace LstmTorch.Backtesting;

/// <summary>How one fold was forecast.</summary>
/// <param name="Fold">Its number, from 1.</param>
/// <param name="TrainedOn">The fold whose past the model was trained on.</param>
/// <param name="Metrics">Model and baselines on the fold's windows.</param>
public sealed record FoldResult(int Fold, int TrainedOn, PartMetrics Metrics);

/// <summary>What a backtest came to.</summary>
/// <param name="Folds">Each fold, in the order of time.</param>
/// <param name="All">The windows of all folds together.</param>
/// <param name="Predictions">Every forecast, fold by fold.</param>
public sealed record BacktestResult(IReadOnlyList<FoldResult> Folds, PartMetrics All, IReadOnlyList<PredictionRow> Predictions);

/// <summary>
/// Rolling-origin evaluation (Tashman, "Out-of-sample tests of forecasting accuracy", 2000): the data is gone through fold by
/// fold, and each fold is forecast by a model that was fitted, with its scales, to rows before it.
/// </summary>
public static class Backtest
{
    /// <summary>Trains and scores every fold.</summary>
    /// <param name="set">The data.</param>
    /// <param name="model">The model's options; its test part does not count.</param>
    /// <param name="options">The folds.</param>
    /// <param name="foldEnded">Told of each fold; may be null.</param>
    /// <param name="cancellation">Ends it at the next batch with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LstmTorchException">An option is out of its range, or a fold has no window.</exception>
    public static BacktestResult Run(
        TimeSeriesSet set, RunOptions model, BacktestOptions options, Action<FoldResult>? foldEnded = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        model.Validate();
        ChronologicalSplit[][] splits =
        [
            .. Enumerable.Range(0, options.Folds).Select(fold =>
                set.Series.Select(series => options.Split(series.Length, fold, model.ValidationFraction)).ToArray()),
        ];
        Check(set, model, splits);

        var folds = new List<FoldResult>();
        var predictions = new List<PredictionRow>();
        var windowsOfAll = new List<WindowIndex>();
        var forecastsOfAll = new List<WindowForecasts>();
        var baselinesOfAll = new List<IReadOnlyDictionary<Baseline, double[]>>();
        Forecaster? forecaster = null;
        int trainedOn = 0;
        for (int fold = 0; fold < options.Folds; fold++)
        {
            if (forecaster is null || (options.RefitEvery > 0 && fold % options.RefitEvery == 0))
                (forecaster, trainedOn) = (ModelFit.Train(model, set, splits[fold], null, cancellation), fold + 1);
            WindowIndex windows = WindowIndex.Of(set, splits[fold], Part.Test, model.ContextLength, model.Horizon);
            WindowForecasts forecasts = WindowForecasts.Of(forecaster, set, windows);
            var evaluation = new Evaluation(set, [.. splits[fold].Select(split => split.ValidationEnd)], forecaster.Config);
            baselinesOfAll.Add(evaluation.Baselines(windows));
            folds.Add(new FoldResult(fold + 1, trainedOn, evaluation.Metrics(windows, forecasts, [.. splits[fold].Select(split => split.Rows(Part.Test))], baselinesOfAll[^1])));
            predictions.AddRange(evaluation.Rows(windows, forecasts));
            windowsOfAll.Add(windows);
            forecastsOfAll.Add(forecasts);
            foldEnded?.Invoke(folds[^1]);
        }

        // Scaled, for MASE, by the rows before the first fold. Each fold has its own intervals and its own linear baseline.
        var together = new Evaluation(set, [.. splits[0].Select(split => split.ValidationEnd)], forecaster!.Config with { Intervals = [], SmallestChanges = [] }, isSeen: false);
        PartMetrics all = together.Metrics(
            WindowIndex.Concat(windowsOfAll), WindowForecasts.Concat(forecastsOfAll), [.. splits[0].Zip(splits[^1]).Select(pair => (pair.First.ValidationEnd, pair.Second.End))],
            baselinesOfAll[0].Keys.ToDictionary(baseline => baseline, baseline => baselinesOfAll.SelectMany(fold => fold[baseline]).ToArray()));
        return new BacktestResult(folds, all with { Intervals = IntervalMetrics.Of(predictions, model.Intervals) }, predictions);
    }

    /// <summary>Finds before any training what a fold cannot do.</summary>
    private static void Check(TimeSeriesSet set, RunOptions model, ChronologicalSplit[][] splits)
    {
        for (int fold = 0; fold < splits.Length; fold++)
        {
            int needed = model.ContextLength + model.Horizon;
            if (WindowIndex.Of(set, splits[fold], Part.Train, model.ContextLength, model.Horizon).Count == 0)
                throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: before fold {fold + 1} there are not the {needed} rows that one window needs; raise --start, or shorten --context-length and --horizon");
            if (WindowIndex.Of(set, splits[fold], Part.Test, model.ContextLength, model.Horizon).Count == 0)
                throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: fold {fold + 1} has less rows than --horizon {model.Horizon}; use fewer --folds, or lower --start");
        }
    }
}
