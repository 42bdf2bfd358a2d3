using System.Text.Json.Nodes;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>What a sweep tells while it goes on.</summary>
/// <param name="TrialBegins">Told of a trial before it trains: its number, and up to which epoch; may be null.</param>
/// <param name="TrialEnded">Told what it has come to; may be null.</param>
/// <param name="Progress">Told after every batch; may be null.</param>
public sealed record SweepEvents(Action<int, int>? TrialBegins = null, Action<TrialResult>? TrialEnded = null, IProgress<TrainingProgress>? Progress = null);

/// <summary>Many trainings of one model with different options, ranked on the validation part.</summary>
public static class Sweep
{
    /// <summary>How often somebody who could only wait for others looks for work.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Plans a sweep: decides what each trial is, finds out that each can be trained, and writes the plan.</summary>
    /// <param name="model">The options that all trials share. Without a number of threads, each trial takes one, since trials run side by side.</param>
    /// <param name="sweep">What differs.</param>
    /// <param name="directory">Where to.</param>
    /// <param name="tell">Told, in one line, of what a user should know; may be null.</param>
    /// <exception cref="LstmTorchException">Options or data cannot be used, or a sweep is there already and the options do not overwrite it.</exception>
    public static SweepPlan Begin(RunOptions model, SweepOptions sweep, SweepDirectory directory, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(directory);
        sweep.Validate();
        var space = SearchSpace.Parse(sweep.Vary);
        directory.CheckFree(model.Overwrite);
        bool overwrite = model.Overwrite;
        model = model with
        {
            Data = model.Data is { } data ? Path.GetFullPath(data) : null,
            Out = null,
            Resume = false,
            Overwrite = false,
            Threads = model.Threads ?? 1,
        };
        model.Validate();
        TimeSeriesSet set = TrainingRun.Read(model);
        var check = new TrialCheck(model, set, sweep);
        check.Validation();

        IReadOnlyList<JsonObject> trials;
        if (sweep.Trials is { } count)
        {
            trials = space.Draw(count, model.Seed, trial => check.Objection(trial) is null);
            if (trials.Count < count)
                tell?.Invoke($"{Quantity.Of(trials.Count, "trial")} instead of {count}: there are no more different ones that can be trained");
        }
        else
        {
            IReadOnlyList<JsonObject> all = space.Grid();
            trials = [.. all.Where(trial => check.Objection(trial) is null)];
            if (trials.Count > 0 && trials.Count < all.Count)
                tell?.Invoke($"{all.Count - trials.Count} of {all.Count} combinations cannot be trained and are left out: {check.FirstObjection}");
        }

        if (trials.All(trial => trial.Count == 0) && check.FirstObjection is not null)
            throw new LstmTorchException(ErrorKind.Usage, $"no combination of --vary can be trained: {check.FirstObjection}");
        var plan = new SweepPlan(SweepPlan.CurrentFormatVersion, set.SourceName, set.Sha256, sweep.Objective, sweep.Halving, sweep.Vary, model, trials);
        directory.Begin(plan, overwrite);
        return plan;
    }

    /// <summary>
    /// Trains trials that nobody else trains, until there are none left. Any number of programs may do so at one time, on one machine or on several
    /// with a shared disk; what was interrupted goes on where it was.
    /// </summary>
    /// <param name="directory">Where the sweep was planned.</param>
    /// <param name="only">The number of the one trial to train; null for all.</param>
    /// <param name="events">Told how it goes; may be null.</param>
    /// <param name="cancellation">Stops at the next batch.</param>
    /// <returns>False if it was cancelled.</returns>
    /// <exception cref="LstmTorchException">There is no sweep, its data has changed, or nothing can be written. That a trial fails is a result.</exception>
    public static bool Run(SweepDirectory directory, int? only = null, SweepEvents? events = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var plan = SweepPlan.Read(directory.Plan);
        CheckIndex(plan, only);
        if (TrainingRun.Read(plan.Options) is { } set && set.Sha256 != plan.Sha256)
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: not the data that the sweep in {directory.Path} was planned with; plan another one");

        var worker = new SweepWorker(plan, directory, events ?? new SweepEvents());
        while (!cancellation.IsCancellationRequested)
        {
            SweepStep step = worker.Next(only, cancellation);
            if (step == SweepStep.Nothing)
                return true;
            if (step == SweepStep.Others)
                cancellation.WaitHandle.WaitOne(s_look);
        }

        return false;
    }

    private static void CheckIndex(SweepPlan plan, int? only)
    {
        if (only is { } trial && (trial < 0 || trial >= plan.Trials.Count))
            throw new LstmTorchException(ErrorKind.Usage, $"--index is {trial}; the sweep has the trials 0 to {plan.Trials.Count - 1}");
        if (only is not null && plan.Halving is not null)
            throw new LstmTorchException(ErrorKind.Usage, "--index: with --halving the results decide which trial goes on; leave it out, and each program takes what is to be done");
    }
}
