using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

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
        IReadOnlyList<CategoricalColumn> categories = CategoryColumns.OfTraining(set, splits);
        string[] unseen = [.. CategoryColumns.Names(set.Categories).Except(CategoryColumns.Names(categories))];
        string[] inputs = [.. set.Inputs.Except(unseen)];
        return new ForecasterConfig
        {
            Inputs = inputs,
            Targets = set.Targets,
            ContextLength = options.ContextLength,
            Horizon = options.Horizon,
            HiddenSizes = options.HiddenSize,
            Dropout = options.Dropout,
            DropoutKind = options.DropoutKind,
            RecurrentDropout = options.RecurrentDropout,
            Peephole = options.Peephole,
            Connections = Peephole.ParseConnections(options.Connections),
            Scaler = options.Scaler,
            Normalize = options.Normalize,
            PatchLength = options.PatchLength,
            Highway = options.Highway,
            Strategy = options.Strategy,
            Distribution = ForecastLosses.Distribution(options.Loss),
            Quantiles = options.ForecastQuantiles,
            IntervalRate = options.IntervalRate,
            InputScalers = ScalerFit.Fit(options.Scaler, set, splits, inputs, options.Transform),
            TargetScalers = ScalerFit.Fit(options.Scaler, set, splits, set.Targets, options.Transform),
            SeriesScales = options.ScalePerSeries ? ScalerFit.FitEach(options.Scaler, set, splits, options.Transform) : [],
            Calendar = set.Calendar,
            NormalizeExcept = options.Normalize == WindowNormalization.None ? [] : [.. LevelColumns.Of(set, splits).Except(unseen)],
            Categories = [.. categories.Where(column => column.Values.Count > 0)],
            FutureCovariates = [.. set.FutureCovariates.Except(unseen)],
            SeriesColumns = set.SeriesColumns,
            TimeColumn = set.TimeColumn,
            TimeStep = set.TimeColumn is null ? null : set.Series[0].Time.StepDescription,
            SeriesIdColumn = set.SeriesIdColumn,
            Seasonality = options.Seasonality ?? set.Series[0].Time.DefaultSeasonality,
            Missing = options.Missing,
            InsertRows = options.InsertRows,
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
        CancellationToken cancellation = default) => new(TrainFile(options, set, splits, progress, cancellation));

    /// <summary>As <see cref="Train"/>, and gives what a model file holds.</summary>
    /// <inheritdoc cref="Train"/>
    internal static ModelFile TrainFile(
        RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options = DataLengths.Choose(options, set, splits);
        ModelFile model = ModelFile.Ensemble([.. Enumerable.Range(0, options.Ensemble).Select(number =>
            TrainOne(options with { Seed = options.Seed + number }, set, splits, progress, cancellation))]);
        WindowIndex validation = WindowIndex.Of(set, splits, Part.Validation, options.ContextLength, options.Horizon);
        return options.Intervals.Count == 0 || validation.Count == 0
            ? model
            : model with
            {
                Config = ConformalCalibration.Fit(model.Config, set, validation, WindowForecasts.Of(new Forecaster(model), set, validation), options.Intervals),
            };
    }

    private static ModelFile TrainOne(
        RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using var fit = NetworkFit.Of(options, set, splits);
        WindowIndex validation = WindowIndex.Of(set, splits, Part.Validation, fit.Config.ContextLength, fit.Config.Horizon);
        var trainer = new Trainer(fit.State, fit.Data, fit.Windows, validation, options.Training, fit.Weights);
        if (!trainer.Run(new TrainerEvents(progress), cancellation))
            cancellation.ThrowIfCancellationRequested();
        return new ModelFile(fit.Config, [.. StateTensors.Split(fit.State.Parameters, fit.State.BestValues)]);
    }
}
