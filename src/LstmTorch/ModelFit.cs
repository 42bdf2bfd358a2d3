using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>Trains one network in memory: what an experiment or a fold of a backtest needs, without a run directory.</summary>
public static class ModelFit
{
    /// <summary>The description of the model that some options make of some data; its scales are fitted to the training rows.</summary>
    /// <param name="options">The options.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    public static ForecasterConfig Describe(RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(set);
        return new ForecasterConfig
        {
            Inputs = set.Inputs,
            Targets = set.Targets,
            ContextLength = options.ContextLength,
            Horizon = options.Horizon,
            HiddenSizes = options.HiddenSize,
            Dropout = options.Dropout,
            Peephole = options.Peephole,
            Connections = Peephole.ParseConnections(options.Connections),
            Scaler = options.Scaler,
            Normalize = options.Normalize,
            PatchLength = options.PatchLength,
            Highway = options.Highway,
            InputScalers = ScalerFit.Fit(options.Scaler, set, splits, set.Inputs, options.Transform),
            TargetScalers = ScalerFit.Fit(options.Scaler, set, splits, set.Targets, options.Transform),
            TimeColumn = set.TimeColumn,
            SeriesIdColumn = set.SeriesIdColumn,
            Seasonality = options.Seasonality ?? set.Series[0].Time.DefaultSeasonality,
            Missing = options.Missing,
        };
    }

    /// <summary>
    /// Trains, and gives the weights that were best on the validation part, or the last where it has no window; the same part
    /// calibrates the intervals.
    /// </summary>
    /// <param name="options">How to train; data, outputs and checkpoints do not count.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series; the test part is not touched.</param>
    /// <param name="progress">Told after every batch; may be null.</param>
    /// <param name="cancellation">Ends training with an <see cref="OperationCanceledException"/> at the next batch.</param>
    /// <exception cref="LstmTorchException">An option is out of its range, there is no training window, or training diverged.</exception>
    public static Forecaster Train(
        RunOptions options,
        TimeSeriesSet set,
        IReadOnlyList<ChronologicalSplit> splits,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ModelFile model = ModelFile.Ensemble([.. Enumerable.Range(0, options.Ensemble).Select(number =>
            TrainOne(options with { Seed = options.Seed + number }, set, splits, progress, cancellation))]);
        var forecaster = new Forecaster(model);
        WindowIndex validation = WindowIndex.Of(set, splits, Part.Validation, options.ContextLength, options.Horizon);
        return options.Intervals.Count == 0 || validation.Count == 0
            ? forecaster
            : new Forecaster(model with
            {
                Config = ConformalCalibration.Fit(model.Config, set, validation, WindowForecasts.Of(forecaster, set, validation), options.Intervals),
            });
    }

    private static ModelFile TrainOne(
        RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ForecasterConfig config = Describe(options, set, splits);
        config.Validate();
        WindowIndex Windows(Part part) => WindowIndex.Of(set, splits, part, config.ContextLength, config.Horizon);
        if (Windows(Part.Train).Count == 0)
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: no series has the {config.ContextLength + config.Horizon} training rows that one window needs");

        LibTorch.SetThreads(options.Threads ?? TrainingThreads.Default(config, options.BatchSize));
        manual_seed(options.Seed);
        Device device = Devices.Resolve(options.Device);
        using var scope = NewDisposeScope();
        using var model = new LstmForecaster(config, device: device);
        model.Lstm.Kernel = options.Kernel;
        using var state = new TrainingState(model, options.AverageWeights is not null);
        using var data = new ScaledData(set, config, device);
        using SeriesWeights? weights = options.BalanceSeries ? SeriesWeights.Of(set, splits, config, device) : null;
        var trainer = new Trainer(state, data, Windows(Part.Train), Windows(Part.Validation), options.Training, weights);
        if (!trainer.Run(new TrainerEvents(progress), cancellation))
            cancellation.ThrowIfCancellationRequested();
        return new ModelFile(config, [.. StateTensors.Split(state.Parameters, state.BestValues)]);
    }
}
