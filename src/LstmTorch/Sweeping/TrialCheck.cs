using System.Text.Json.Nodes;
using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>Finds out which trials can be trained before any is.</summary>
/// <param name="model">The options that all share.</param>
/// <param name="set">The data as these options read it.</param>
/// <param name="sweep">What differs.</param>
internal sealed class TrialCheck(RunOptions model, TimeSeriesSet set, SweepOptions sweep)
{
    /// <summary>Options that decide what is read of a file.</summary>
    private static readonly string[] s_reading = ["inputs", "past_covariates", "future_covariates", "categorical", "calendar"];

    private readonly Dictionary<string, TimeSeriesSet> _read = new() { [Key([])] = set };

    /// <summary>Why the first trial that could not be trained could not; null if all could.</summary>
    public string? FirstObjection { get; private set; }

    /// <summary>Finds out whether trials can be ranked.</summary>
    /// <exception cref="LstmTorchException">There is nothing to rank them on.</exception>
    public void Validation()
    {
        IEnumerable<ChronologicalSplit> splits = set.Series.Select(series => ChronologicalSplit.Of(series.Length, model.ValidationFraction, model.TestFraction));
        if (!splits.Any(split => split.ValidationEnd - split.TrainEnd >= model.Horizon))
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: there is no validation window to rank trials on; raise --validation-fraction, or bring more rows");
    }

    /// <summary>Why a trial cannot be trained; null if it can.</summary>
    public string? Objection(JsonObject trial)
    {
        try
        {
            RunOptions options = SweepPlan.With(model, trial);
            options.Validate();
            if (sweep.Halving is not null && options.Ensemble > 1)
                return FirstObjection ??= "an --ensemble trains network after network, which --halving cannot stop half-way";
            if (sweep.Halving is not null && options.Epochs != model.Epochs)
                return FirstObjection ??= "--halving decides how long each trial trains, so that --vary epochs means nothing";
            if (sweep.Objective == SweepObjective.Wql && options.ForecastQuantiles.Count == 0)
                return FirstObjection ??= "--objective wql needs a --loss that learns quantiles";
            TrainingRun.Check(options, Read(options, trial));
            return null;
        }
        catch (LstmTorchException error)
        {
            FirstObjection ??= error.Message;
            return error.Message;
        }
    }

    private TimeSeriesSet Read(RunOptions options, JsonObject trial)
    {
        string key = Key(trial);
        if (!_read.TryGetValue(key, out TimeSeriesSet? read))
            _read.Add(key, read = TrainingRun.Read(options));
        return read;
    }

    private static string Key(JsonObject trial) => string.Join(' ', s_reading.Select(name => trial[name]?.ToJsonString()));
}
