using System.Runtime.InteropServices;
using LstmTorch.Persistence;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>What somebody who looked for work found.</summary>
internal enum SweepStep
{
    /// <summary>A trial, which has been trained.</summary>
    Trained,

    /// <summary>Others train; what they come to may make more work.</summary>
    Others,

    /// <summary>There is no more work.</summary>
    Nothing,
}

/// <summary>Takes up one trial after another.</summary>
/// <param name="plan">The plan.</param>
/// <param name="directory">Where it was read from.</param>
/// <param name="events">Told how it goes.</param>
internal sealed class SweepWorker(SweepPlan plan, SweepDirectory directory, SweepEvents events)
{
    /// <summary>Trains the first trial that is free.</summary>
    /// <param name="only">The one trial that it may be; null for all.</param>
    /// <param name="cancellation">Stops at the next batch.</param>
    public SweepStep Next(int? only, CancellationToken cancellation)
    {
        IReadOnlyDictionary<int, TrialResult> results = directory.ReadResults(plan.Trials.Count);
        bool others = false;
        foreach (var (trial, epochs) in SuccessiveHalving.Candidates(plan.Trials.Count, results, plan.Rungs, plan.Halving))
        {
            if (only is not null && trial != only)
                continue;
            if (TryTrain(trial, epochs, results.GetValueOrDefault(trial), cancellation))
                return SweepStep.Trained;
            others = true;
        }

        if (plan.Halving is null || only is not null)
            return SweepStep.Nothing;
        if (others || OthersTrain())
            return SweepStep.Others;
        return SuccessiveHalving.Last(results, plan.Rungs) is { } last && TryTrain(last.Trial, last.Epochs, results[last.Trial], cancellation) ? SweepStep.Trained : SweepStep.Nothing;
    }

    /// <summary>Trains a trial, unless another program has it, or has come further with it since its result was read.</summary>
    internal bool TryTrain(int trial, int epochs, TrialResult? before, CancellationToken cancellation)
    {
        using RunLock? claim = directory.TryClaim(trial);
        if (claim is null || directory.ReadResult(trial)?.Epochs != before?.Epochs)
            return false;
        events.TrialBegins?.Invoke(trial, epochs);
        if (Train(trial, epochs, before, cancellation) is { } result)
        {
            directory.WriteResult(result);
            events.TrialEnded?.Invoke(result);
        }

        return true;
    }

    /// <summary>Trains a trial up to an epoch; null if it was cancelled.</summary>
    private TrialResult? Train(int trial, int epochs, TrialResult? before, CancellationToken cancellation)
    {
        IReadOnlyDictionary<int, double> scores = before?.Scores ?? new Dictionary<int, double>();
        TrialResult Failed(string error) => new(trial, TrialState.Failed, before?.Epochs ?? 0, scores, before?.Seconds ?? 0, error);
        RunDirectory folder = directory.Run(trial);
        RunOptions options = plan.OptionsOf(trial) with { Out = folder.Path, Resume = folder.HoldsRun };
        try
        {
            RunResult run = TrainingRun.Run(options, new RunEvents(events.Progress), epochs < plan.Options.Epochs ? epochs : null, cancellation);
            if (run.Interrupted && cancellation.IsCancellationRequested)
                return null;
            if (run.Metrics is not { } metrics || plan.Objective.Of(metrics.Splits["validation"]) is not { } score)
                return Failed($"its {plan.Objective.Title()} on the validation part is not defined");
            return new TrialResult(
                trial,
                run.Interrupted ? TrialState.Paused : TrialState.Finished,
                run.History.Count,
                new SortedDictionary<int, double>(scores.ToDictionary()) { [run.History.Count] = score },
                metrics.TrainSeconds);
        }
        catch (LstmTorchException error) when (error.Kind is ErrorKind.Diverged or ErrorKind.Usage or ErrorKind.BadData)
        {
            return Failed(error.Message);
        }
        catch (ExternalException error) when (CudaErrors.Explain(error) is { } explained)
        {
            return Failed(explained.Message);
        }
    }

    private bool OthersTrain()
    {
        for (int trial = 0; trial < plan.Trials.Count; trial++)
        {
            using RunLock? free = directory.TryClaim(trial);
            if (free is null)
                return true;
        }

        return false;
    }
}
