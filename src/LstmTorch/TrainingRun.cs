using System.Text.Json.Nodes;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Persistence;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Reporting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>What a training run tells while it goes on.</summary>
/// <param name="Progress">Told after every batch; may be null.</param>
/// <param name="Notice">Told, in one line, of what a user should know but need not act on; may be null.</param>
public sealed record RunEvents(IProgress<TrainingProgress>? Progress = null, Action<string>? Notice = null);

/// <summary>What a training run came to.</summary>
/// <param name="Directory">The run directory.</param>
/// <param name="Config">The model's description.</param>
/// <param name="Metrics">Model and naive forecasts for every part; null if the run was interrupted before its first epoch ended.</param>
/// <param name="History">Each epoch.</param>
/// <param name="Interrupted">True if training was cancelled before its end; it can be resumed.</param>
public sealed record RunResult(
    RunDirectory Directory, ForecasterConfig Config, RunMetrics? Metrics, IReadOnlyList<EpochResult> History, bool Interrupted);

/// <summary>From a data file to a trained model and everything that is written about it: the whole job of <c>lstmtorch train</c>.</summary>
public sealed partial class TrainingRun
{
    private readonly RunOptions _options;
    private readonly RunEvents _events;
    private readonly RunDirectory _directory;
    private readonly TimeSeriesSet _set;
    private readonly IReadOnlyList<ChronologicalSplit> _splits;
    private readonly ForecasterConfig _config;
    private readonly Device _device;
    private readonly Dictionary<Part, WindowIndex> _windows;
    private readonly List<string> _chosen = [];
    private int? _pauseAfter;

    private TrainingRun(RunOptions options, RunEvents events, TimeSeriesSet? set = null)
    {
        options.Validate();
        _events = events;
        _directory = new RunDirectory(options.Out ?? DefaultDirectory(options));
        _set = set ?? Read(options);
        _splits = [.. _set.Series.Select(series => ChronologicalSplit.Of(series.Length, options.ValidationFraction, options.TestFraction))];
        _options = options = DataLengths.Choose(options, _set, _splits, _chosen.Add);
        _windows = Enum.GetValues<Part>().ToDictionary(
            part => part, part => WindowIndex.Of(_set, _splits, part, options.ContextLength, options.Horizon));
        CheckWindows();
        _config = ModelFit.Describe(_options, _set, _splits) with { Members = options.Ensemble };
        _config.Validate();
        _device = Devices.Resolve(options.Device);
        CheckKernel();
    }

    /// <summary>Trains, evaluates and writes the run directory.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="events">Told how it goes; may be null.</param>
    /// <param name="cancellation">Stops training at the next batch; a checkpoint is written, and what the best weights give.</param>
    /// <exception cref="LstmTorchException">Options, data, outputs or libtorch cannot be used; found before training starts wherever possible.</exception>
    public static RunResult Run(RunOptions options, RunEvents? events = null, CancellationToken cancellation = default) =>
        Run(options, events, pauseAfter: null, cancellation);

    /// <inheritdoc cref="Run(RunOptions, RunEvents, CancellationToken)"/>
    /// <param name="options">What to do; one network, if it shall pause.</param>
    /// <param name="events">Told how it goes; may be null.</param>
    /// <param name="pauseAfter">The epoch after which training stops as if cancelled; null for none.</param>
    /// <param name="cancellation">Stops training at the next batch; a checkpoint is written, and what the best weights give.</param>
    internal static RunResult Run(RunOptions options, RunEvents? events, int? pauseAfter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var run = new TrainingRun(options, events ?? new RunEvents()) { _pauseAfter = pauseAfter };
        using RunLock held = run._directory.Prepare(options.Resume, options.Overwrite);
        if (options.Resume)
            run.CheckSameRun();
        run.TellAboutData();
        return options.Ensemble > 1 ? run.TrainMembers(cancellation) : run.Train(run.WriteResults, cancellation);
    }

    /// <summary>Finds out, without training, whether these options and this data would make a run.</summary>
    /// <param name="options">The options.</param>
    /// <param name="set">The data, as <see cref="Read"/> reads it for them.</param>
    /// <exception cref="LstmTorchException">They would not; the message says why.</exception>
    internal static void Check(RunOptions options, TimeSeriesSet set) => _ = new TrainingRun(options, new RunEvents(), set);

    /// <summary>Where a run goes that names no directory: checkpoints/ and the data's name.</summary>
    /// <remarks>
    /// The sample's own run may come with the program. A further run of the sample gets the next free number instead of an
    /// error, and a resumed one the last that is taken.
    /// </remarks>
    public static string DefaultDirectory(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Data is { } data)
            return Path.Combine("checkpoints", SeriesReader.NameOf(data));

        string first = Path.Combine("checkpoints", SampleData.Name);
        IEnumerable<string> names = Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? first : $"{first}-{number}");
        return options switch
        {
            { Overwrite: true } => first,
            { Resume: true } => names.TakeWhile(name => new RunDirectory(name).HoldsRun).LastOrDefault(first),
            _ => names.First(name => !new RunDirectory(name).HoldsRun),
        };
    }

    /// <param name="write">Writes what the best weights give.</param>
    /// <param name="cancellation">Stops training at the next batch.</param>
    private RunResult Train(Func<Training, RunConfig, RunMetrics?> write, CancellationToken cancellation)
    {
        using var fit = new NetworkFit(_options, _config, _set, _splits, _windows[Part.Train], _device);
        TrainingState state = fit.State;
        string kernel = LstmKernels.Choose(_options.Kernel, state.Model.Lstm.Layers[0], empty(1, 1, _config.Inputs.Count, device: _device)).Name;

        if (_options.Resume)
            Restore(state);
        else
            _directory.Clear();
        var config = RunConfig.Of(_config, _set, _splits, _options, Versions.Current);
        AtomicFile.WriteText(_directory.Config, config.Serialize());

        var trainer = new Trainer(state, fit.Data, fit.Windows, _windows[Part.Validation], _options.Training, fit.Weights);
        var tensorBoard = new TensorBoardLog(_directory.Path);
        var checkpoints = new CheckpointSchedule(_directory.Checkpoints, state, _options, _events);
        void EpochEnded()
        {
            checkpoints.EpochEnded();
            Log(tensorBoard, state.Counters.History[^1]);
        }

        var events = new TrainerEvents(_events.Progress, checkpoints.StepEnded, EpochEnded, _events.Notice);
        bool finished = false;
        LstmTorchException? diverged = null;
        try
        {
            finished = trainer.Run(events, cancellation, _pauseAfter);
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.Diverged)
        {
            diverged = error;
        }

        checkpoints.Save();
        int best = state.Counters.BestEpoch;
        RunMetrics? metrics = best == 0 ? null : write(Training.Of(state, kernel), config);
        if (diverged is not null)
            throw best == 0 ? diverged : new LstmTorchException(ErrorKind.Diverged, $"{diverged.Message}; the best weights so far, of epoch {best}, are in {_directory.Model}", diverged);
        if (finished && best == 0)
            throw new LstmTorchException(ErrorKind.Diverged, "training diverged: the validation loss was not finite after any epoch; lower --learning-rate, or set --clip-norm 1");
        if (checkpoints.Failure is { } failure)
            throw failure;
        return new RunResult(_directory, _config, metrics, state.Counters.History, !finished);
    }

    /// <summary>What training came to, before anything is held against it.</summary>
    /// <param name="Weights">The best weights.</param>
    /// <param name="History">Each epoch.</param>
    /// <param name="BestEpoch">The epoch of the weights, from 1.</param>
    /// <param name="Kernel">How the recurrence was computed.</param>
    private sealed record Training(IReadOnlyList<SafetensorsTensor> Weights, IReadOnlyList<EpochResult> History, int BestEpoch, string Kernel)
    {
        public static Training Of(TrainingState state, string kernel) =>
            new([.. StateTensors.Split(state.Parameters, state.BestValues)], state.Counters.History, state.Counters.BestEpoch, kernel);
    }

    /// <summary>A run that was killed before its first checkpoint starts at its first step, which is where it was.</summary>
    private void Restore(TrainingState state)
    {
        if (_directory.Checkpoints.HoldsAny || File.Exists(_directory.Model))
            _directory.Checkpoints.RestoreNewest(state, _events.Notice);
        else
            _events.Notice?.Invoke($"{_directory.Path}: the run had not come to its first checkpoint; it starts anew");
    }

    /// <summary>A gap in the TensorBoard events is no reason to end a training.</summary>
    private void Log(TensorBoardLog tensorBoard, EpochResult epoch)
    {
        try
        {
            tensorBoard.Write(epoch);
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.CannotWrite)
        {
            _events.Notice?.Invoke(error.Message);
        }
    }

    private RunMetrics WriteResults(Training training, RunConfig config)
    {
        IReadOnlyList<SafetensorsTensor> weights = training.Weights;

        // By the model as it is written, in float32, so that predict and evaluate say the same on every device.
        using var trained = TrainedModel.Of(new ModelFile(_config, weights), _options.Device, _options.Kernel);
        var forecasts = _windows.ToDictionary(part => part.Key, part => trained.Forecast(_set, part.Value));
        ForecasterConfig calibrated = _options.Intervals.Count == 0
            ? _config
            : ConformalCalibration.Fit(_config, _set, _windows[Part.Validation], forecasts[Part.Validation], _options.Intervals);
        ModelFile.Write(_directory.Model, calibrated, weights);
        if (_options.Intervals.Count > 0)
        {
            config = RunConfig.Of(calibrated, _set, _splits, _options, Versions.Current);
            AtomicFile.WriteText(_directory.Config, config.Serialize());
        }

        var evaluation = new Evaluation(_set, [.. _splits.Select(split => split.TrainEnd)], calibrated);
        IReadOnlyDictionary<Baseline, double[]> baselines = evaluation.Baselines(_windows[Part.Test]);
        var metrics = new RunMetrics
        {
            Target = _config.Targets,
            Horizon = _config.Horizon,
            ContextLength = _config.ContextLength,
            Seasonality = _config.Seasonality,
            Parameters = trained.ParameterCount,
            Device = _device.ToString(),
            Kernel = training.Kernel,
            Epochs = training.History.Count,
            BestEpoch = training.BestEpoch,
            TrainSeconds = training.History.Sum(epoch => epoch.Seconds),
            Splits = new OrderedDictionary<string, PartMetrics>(Enum.GetValues<Part>().Select(part => KeyValuePair.Create(
                Choices.Name(part),
                evaluation.Metrics(_windows[part], forecasts[part], [.. _splits.Select(split => split.Rows(part))], part == Part.Test ? baselines : null)))),
        };

        List<PredictionRow> predictions = [.. evaluation.Rows(_windows[Part.Test], forecasts[Part.Test])];
        AtomicFile.WriteText(_directory.Metrics, MetricsJson.Serialize(metrics));
        AtomicFile.WriteText(_directory.History, HistoryCsv.Serialize(training.History));
        AtomicFile.Write(_directory.Predictions, stream => PredictionsCsv.Write(stream, predictions, calibrated.Intervals, calibrated.Quantiles));
        IReadOnlyList<SeriesMetrics> series = _set.Series.Count > 1 ? evaluation.OfEachSeries(_windows[Part.Test], forecasts[Part.Test].Values, baselines) : [];
        if (series.Count > 0)
            AtomicFile.WriteText(_directory.Series, SeriesCsv.Serialize(series));
        RunReport.Write(_directory, config, metrics, training.History, new PartForecasts(_set, calibrated, _windows[Part.Test], predictions, baselines) { Series = series });
        return metrics;
    }

    /// <summary>Reads the data that some options name: the embedded sample where they name none.</summary>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Data is not null)
            return SeriesReader.Read(options.Data, options.Reading);

        ReadOptions reading = options.Reading;
        return SampleData.Read(reading.Targets.Count == 0 ? reading with { Targets = ["temp_max"] } : reading);
    }

    private void TellAboutData()
    {
        foreach (string choice in _chosen)
            _events.Notice?.Invoke($"{_set.SourceName}: {choice}");
        if (_set.IgnoredColumns.Count > 0)
            _events.Notice?.Invoke($"{_set.SourceName}: columns without numbers, which are not used: {string.Join(", ", _set.IgnoredColumns)}");
        foreach (string remark in _set.Remarks)
            _events.Notice?.Invoke($"{_set.SourceName}: {remark}");
        if (_set.MissingFilled > 0)
            _events.Notice?.Invoke($"{_set.SourceName}: {Quantity.Of(_set.MissingFilled, "missing value")} filled by --missing {Choices.Name(_options.Missing)}; no window begins on one, and none counts in the loss and the errors");
        foreach (CategoricalColumn column in _set.Categories)
        {
            string[] unseen = [.. CategoryColumns.Names(column).Except(_config.Inputs)];
            if (unseen.Length > 0)
                _events.Notice?.Invoke($"{_set.SourceName}: column '{column.Column}': no training row has {string.Join(", ", unseen)}, which cannot be learned");
        }

        foreach (string target in _set.Targets.Where(IsConstant))
            _events.Notice?.Invoke($"{_set.SourceName}: column '{target}' does not change in the training rows, so that there is nothing to learn of it");
        if (_set.RowsDropped > 0)
            _events.Notice?.Invoke($"{_set.SourceName}: {Quantity.Of(_set.RowsDropped, "row")} with missing values dropped");
        if (_set.RemarkOnSteps is { } steps)
            _events.Notice?.Invoke($"{_set.SourceName}: {steps}");
        if (_options.Seasonality is null && _config.Seasonality == 1 && _set.Series[0].Time.Kind != TimeAxisKind.Date)
            _events.Notice?.Invoke($"{_set.SourceName}: there are no dates to tell the season from; --seasonality N compares with the value N steps before as well");

        for (int s = 0; s < _splits.Count && _splits.Count > 1; s++)
        {
            if (_splits[s].TrainEnd < _options.ContextLength + _options.Horizon)
                _events.Notice?.Invoke($"{_set.SourceName}: series '{_set.Series[s].Id}' is too short to train on ({_splits[s].TrainEnd} training rows)");
        }

        if (_windows[Part.Validation].Count == 0)
            _events.Notice?.Invoke("no validation window: the last epoch's weights are kept, not the best");
        if (_windows[Part.Test].Count == 0)
            _events.Notice?.Invoke("no test window: nothing says how good the model is on rows that it has not seen");
    }

    private bool IsConstant(string column) => _set.Series.Zip(_splits).All(pair =>
    {
        ReadOnlySpan<double> rows = pair.First.Column(column)[pair.Second.TrainStart..pair.Second.TrainEnd];
        return rows.IsEmpty || rows.IndexOfAnyExcept(rows[0]) < 0;
    });

    /// <summary>A kernel that was named must serve; auto always finds one.</summary>
    private void CheckKernel()
    {
        if (LstmKernels.Wanted(_options.Kernel) == LstmKernels.Auto)
            return;
        using var scope = NewDisposeScope();
        using var cell = new PeepholeLstmCell(1, 1, new Peephole(_config.Peephole, _config.Connections), device: _device);
        LstmKernels.Choose(_options.Kernel, cell, empty(1, 1, 1, device: _device));
    }

    private void CheckWindows()
    {
        if (_windows[Part.Train].Count == 0)
        {
            int needed = _options.ContextLength + _options.Horizon;
            int longest = _splits.Max(split => split.TrainEnd);
            if (longest >= needed)
            {
                throw new LstmTorchException(
                    ErrorKind.BadData,
                    $"{_set.SourceName}: no window of the training rows begins at a measured row and leads to a measured target, because {Quantity.Of(_set.MissingFilled, "missing value")} had to be filled; shorten --horizon, leave out a column with --target and --inputs, or choose --missing drop");
            }

            throw new LstmTorchException(
                ErrorKind.BadData,
                $"{_set.SourceName}: {Quantity.Of(_set.Rows, "row")} {(_set.Rows == 1 ? "leaves" : "leave")} {longest} to train on, but one window needs {needed} (--context-length {_options.ContextLength} and --horizon {_options.Horizon}); shorten them, or bring more rows");
        }

        if (_options.Intervals.Count > 0 && _windows[Part.Validation].Count == 0)
            throw new LstmTorchException(ErrorKind.BadData, $"{_set.SourceName}: there is no validation window to calibrate --intervals on; raise --validation-fraction, or bring more rows");
    }

    /// <summary>A resumed run must be the same run: everything but how long it goes on, where, and how it is watched.</summary>
    private void CheckSameRun()
    {
        RunConfig before = RunConfig.Read(_directory.Config);
        if (before.Data.Sha256 != _set.Sha256)
        {
            throw new LstmTorchException(
                ErrorKind.BadData,
                $"{_set.SourceName}: not the data that the run in {_directory.Path} was started with ({before.Data.File}, SHA-256 {before.Data.Sha256}); --overwrite starts anew");
        }

        RunOptions same = before.Options with
        {
            Data = _options.Data,
            Out = _options.Out,
            Epochs = FollowsEpochs(before.Options.Schedule) ? before.Options.Epochs : _options.Epochs,
            Patience = _options.Patience,
            Ensemble = before.Options.Ensemble > 1 ? Math.Max(before.Options.Ensemble, _options.Ensemble) : before.Options.Ensemble,
            CheckpointEvery = _options.CheckpointEvery,
            CheckpointSteps = _options.CheckpointSteps,
            OnNonfinite = _options.OnNonfinite,
            Device = _options.Device,
            Kernel = _options.Kernel,
            Resume = _options.Resume,
            Overwrite = _options.Overwrite,
        };
        JsonObject then = same.ToJson();
        foreach (var (name, value) in _options.ToJson())
        {
            if (!JsonNode.DeepEquals(value, then[name]))
            {
                throw new LstmTorchException(
                    ErrorKind.Usage,
                    $"{_directory.Path}: the run was started with {RunOptions.Shown(name, then[name])}, not {RunOptions.Shown(name, value)}; use the same options to resume, or --overwrite to start anew");
            }
        }
    }

    /// <summary>Whether the steps so far would have been others with another number of epochs.</summary>
    private static bool FollowsEpochs(LearningRateSchedule schedule) => schedule is LearningRateSchedule.Cosine or LearningRateSchedule.OneCycle;
}
