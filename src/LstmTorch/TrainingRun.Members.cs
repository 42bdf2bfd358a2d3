using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;

namespace LstmTorch;

/// <content>
/// An ensemble: networks that differ in their seeds, each trained as a run of its own in members/, and joined to one model. What
/// is random in training differs between them, and much of it is gone from the mean of their forecasts (Lakshminarayanan et al.,
/// "Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles", 2017).
/// </content>
public sealed partial class TrainingRun
{
    private RunResult TrainMembers(CancellationToken cancellation)
    {
        if (!_options.Resume)
            _directory.Clear();
        var config = RunConfig.Of(_config, _set, _splits, _options, Versions.Current);
        AtomicFile.WriteText(_directory.Config, config.Serialize());

        var trained = new List<Training>();
        for (int number = 0; number < _options.Ensemble; number++)
        {
            RunDirectory folder = _directory.Member(number);
            _events.Notice?.Invoke($"network {number + 1} of {_options.Ensemble}, seed {_options.Seed + number}");
            var member = new TrainingRun(
                _options with { Ensemble = 1, Seed = _options.Seed + number, Out = folder.Path, Intervals = [], IntervalRate = 0, Quantiles = _options.ForecastQuantiles, Resume = folder.HoldsRun, Overwrite = false },
                _events with { Progress = _events.Progress is { } progress ? new MemberProgress(progress, number, _options) : null },
                _set);
            using RunLock held = folder.Prepare(folder.HoldsRun, overwrite: false);
            RunResult result = member.Train(WriteMember, cancellation);
            if (result.Interrupted)
                return new RunResult(_directory, _config, null, [.. trained.SelectMany(training => training.History)], Interrupted: true);

            RunMetrics? WriteMember(Training training, RunConfig described)
            {
                trained.Add(training);
                ModelFile.Write(folder.Model, member._config, training.Weights);
                AtomicFile.WriteText(folder.History, HistoryCsv.Serialize(training.History));
                return null;
            }
        }

        ModelFile joined = ModelFile.Ensemble([.. trained.Select(training => new ModelFile(_config with { Members = 1 }, training.Weights))]);
        List<EpochResult> history = MeanHistory(trained);
        int best = (int)Math.Round(trained.Average(training => training.BestEpoch));
        RunMetrics metrics = WriteResults(new Training(joined.Tensors, history, best, trained[0].Kernel), config);
        return new RunResult(_directory, _config, metrics, history, Interrupted: false);
    }

    /// <summary>Of each epoch the means of the networks that came to it, and the sum of their seconds.</summary>
    private static List<EpochResult> MeanHistory(List<Training> trained) =>
    [
        .. trained.SelectMany(training => training.History).GroupBy(epoch => epoch.Epoch).OrderBy(epochs => epochs.Key).Select(epochs => new EpochResult(
            epochs.Key,
            epochs.Average(epoch => epoch.TrainLoss),
            epochs.Average(epoch => epoch.ValidationLoss),
            epochs.Average(epoch => epoch.LearningRate),
            epochs.Average(epoch => epoch.GradientNorm),
            epochs.Sum(epoch => epoch.Seconds))),
    ];

    /// <summary>Counts the epochs of all networks one after the other.</summary>
    private sealed class MemberProgress(IProgress<TrainingProgress> all, int number, RunOptions options) : IProgress<TrainingProgress>
    {
        private readonly int _before = number * options.Epochs;

        public void Report(TrainingProgress value) => all.Report(value with
        {
            Epoch = _before + value.Epoch,
            Epochs = options.Ensemble * options.Epochs,
            Finished = value.Finished is { } epoch ? epoch with { Epoch = _before + epoch.Epoch } : null,
        });
    }
}
