using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Persistence;

namespace LstmTorch.Cli;

/// <summary>A model that has gone through all folds.</summary>
/// <param name="Set">The data that it read.</param>
/// <param name="Model">Its options, with what was left to the data.</param>
/// <param name="Directory">Where its results are.</param>
/// <param name="Result">What it came to.</param>
internal sealed record BacktestedModel(TimeSeriesSet Set, RunOptions Model, BacktestDirectory Directory, BacktestResult Result);

/// <summary>Sends models through the folds of a backtest, each with a folder of its own.</summary>
/// <param name="options">The folds.</param>
/// <param name="tell">Takes lines for standard error; null for none.</param>
/// <param name="cancellation">Ends it at the next batch.</param>
internal sealed class BacktestRun(BacktestOptions options, Action<string>? tell, CancellationToken cancellation)
{
    public BacktestOptions Options { get; } = options;

    /// <summary>Trains and scores every fold that was not trained before.</summary>
    public BacktestedModel Of(RunOptions model, BacktestDirectory directory, string prefix)
    {
        model.Validate();
        TimeSeriesSet set = TrainingRun.Read(model);
        using RunLock held = directory.Prepare(model.Resume, model.Overwrite);
        model = DataLengths.Choose(
            model, set, Options.Splits(set, 0, model.ValidationFraction), text => tell?.Invoke($"lstmtorch: {prefix}{set.SourceName}: {text}"));
        directory.Begin(set, model, Options, model.Resume);
        var events = new BacktestEvents
        {
            Find = directory.Find,
            Trained = directory.WriteModel,
            FoldEnded = (fold, rows) =>
            {
                directory.WriteFold(fold.Fold, rows, model);
                tell?.Invoke(FormattableString.Invariant(
                    $"{prefix}fold {fold.Fold}, {fold.Metrics.From} to {fold.Metrics.To}: RMSE {fold.Metrics.Model.Rmse:G4}, naive {fold.Metrics.Naive.Rmse:G4}"));
            },
        };
        BacktestResult result = Backtest.Run(set, model, Options, events, cancellation);
        directory.Write(set, model, Options, result);
        return new BacktestedModel(set, model, directory, result);
    }
}
