using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Sweeping;
using Xunit;

namespace LstmTorch.Tests.Sweeping;

public sealed class SweepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OfEveryCombination_TrainsEachAsTrainDoesAndRanksThem()
    {
        SweepDirectory directory = Begin("hidden-size=2/4", "learning-rate=0.001/0.01");
        var told = new List<string>();
        Assert.True(Sweep.Run(directory, null, new SweepEvents((trial, epochs) => told.Add($"{trial} to {epochs}"), result => told.Add($"{result.Trial} {result.State}"))));
        Assert.Equal(["0 to 3", "0 Finished", "1 to 3", "1 Finished", "2 to 3", "2 Finished", "3 to 3", "3 Finished"], told);

        // The third combination, trained by itself.
        RunResult alone = TrainingRun.Run(Options() with { Out = _folder.File("alone"), HiddenSize = [4], LearningRate = 0.001, Threads = 1 });
        Assert.Equal(File.ReadAllBytes(alone.Directory.Model), File.ReadAllBytes(directory.Run(2).Model));

        SweepStanding standing = SweepStanding.Of(directory);
        Assert.Equal(alone.Metrics!.Splits["validation"].Model.Mae, standing.Trials.Single(trial => trial.Result.Trial == 2).Result.Score);
        Assert.Equal(standing.Trials.Select(trial => trial.Result.Score!.Value).Order(), standing.Trials.Select(trial => trial.Result.Score!.Value));
        Assert.Equal(4, standing.Count(TrialState.Finished));
        Assert.Equal(standing.Trials[0], standing.Best!.Trial);
        Assert.Contains($"lstmtorch train {_folder.File("small.csv")} ", standing.Best.Command, StringComparison.Ordinal);
        Assert.Contains($"--hidden-size {standing.Best.Trial.Shown("hidden_size")} ", standing.Best.Command, StringComparison.Ordinal);

        // Nothing is left to do.
        told.Clear();
        Assert.True(Sweep.Run(directory, null, new SweepEvents((trial, _) => told.Add($"{trial}"))));
        Assert.Empty(told);
    }

    [Fact]
    public void Run_WithHalving_PausesTrialsAndEndsTheBestAsIfItHadNeverPaused()
    {
        SweepDirectory directory = Begin(Options() with { Epochs = 9, Schedule = LearningRateSchedule.Cosine }, 3, "hidden-size=2/3/4", "seed=0/1/2");
        Assert.True(Sweep.Run(directory));
        SweepStanding standing = SweepStanding.Of(directory);

        // 9 trials of 1 epoch, the best of them going on; at least one came to the end, and not all did.
        Assert.All(standing.Trials, trial => Assert.True(trial.Result.Scores.ContainsKey(1)));
        Assert.InRange(standing.Count(TrialState.Finished), 1, 3);
        Assert.InRange(standing.Count(TrialState.Paused), 6, 8);
        RankedTrial best = standing.Trials[0];
        Assert.Equal([1, 3, 9], best.Result.Scores.Keys);
        Assert.Equal(9, best.Result.Epochs);

        RunOptions same = standing.Plan.OptionsOf(best.Result.Trial) with { Out = _folder.File("alone") };
        Assert.Equal(File.ReadAllBytes(TrainingRun.Run(same).Directory.Model), File.ReadAllBytes(directory.Run(best.Result.Trial).Model));
    }

    [Fact]
    public void Run_Cancelled_GoesOnWhereItWas()
    {
        SweepDirectory whole = Begin("hidden-size=2/4");
        Sweep.Run(whole);

        SweepDirectory parts = Begin(Options(), null, ["hidden-size=2/4"], "parts");

        // Who began anew each time would never come to an end.
        for (int session = 0; ; session++)
        {
            Assert.InRange(session, 0, 20);
            using var stop = new CancellationTokenSource();
            int left = 3;
            if (Sweep.Run(parts, null, new SweepEvents(Progress: new Counting(() =>
                {
                    if (--left == 0)
                        stop.Cancel();
                })), stop.Token))
            {
                break;
            }
        }

        foreach (int trial in new[] { 0, 1 })
            Assert.Equal(File.ReadAllBytes(whole.Run(trial).Model), File.ReadAllBytes(parts.Run(trial).Model));
        Assert.Equal(Scores(whole), Scores(parts));
    }

    [Fact]
    public void Run_WhileAnotherTrainsATrial_TakesTheOthers()
    {
        SweepDirectory directory = Begin("hidden-size=2/3/4");
        using (RunLock? taken = directory.TryClaim(1))
        {
            Assert.NotNull(taken);
            Assert.True(Sweep.Run(directory));
            Assert.Equal([0, 2], directory.ReadResults(3).Keys);
        }

        Assert.True(Sweep.Run(directory));
        Assert.Equal(3, directory.ReadResults(3).Count);
    }

    [Fact]
    public void TryTrain_WhatAnotherTrainedSinceItsResultWasRead_DoesNot()
    {
        SweepDirectory directory = Begin("hidden-size=2/3");
        var worker = new SweepWorker(SweepPlan.Read(directory.Plan), directory, new SweepEvents());
        Assert.True(worker.TryTrain(0, 3, null, CancellationToken.None));
        Assert.False(worker.TryTrain(0, 3, null, CancellationToken.None));
    }

    [Fact]
    public void Run_OfOneTrial_TrainsThatOne()
    {
        SweepDirectory directory = Begin("hidden-size=2/3/4");
        Assert.True(Sweep.Run(directory, only: 1));
        Assert.Equal([1], directory.ReadResults(3).Keys);
        Assert.Contains("0 to 2", Assert.Throws<LstmTorchException>(() => Sweep.Run(directory, only: 3)).Message, StringComparison.Ordinal);
    }

    /// <summary>Squares of unscaled values are beyond float32: these trials fail, the other is the best.</summary>
    [Fact]
    public void Run_WithTrialsThatDiverge_KeepsTheirErrors()
    {
        RunOptions options = Options();
        SmallSeries.Write(_folder, change: (values, _) => values[0] *= 1e25);
        SweepDirectory directory = Begin(options, null, "scaler=none/minmax");
        Assert.True(Sweep.Run(directory));
        SweepStanding standing = SweepStanding.Of(directory);
        Assert.Equal((0, TrialState.Failed), (standing.Trials[1].Result.Trial, standing.Trials[1].Result.State));
        Assert.Contains("training diverged in epoch 1", standing.Trials[1].Result.Error, StringComparison.Ordinal);
        Assert.Equal(1, standing.Best!.Trial.Result.Trial);

        directory = Begin(options, 3, ["scaler=none", "seed=1/2"], "bad");
        Assert.True(Sweep.Run(directory));
        Assert.Null(SweepStanding.Of(directory).Best);
        Assert.Equal(2, SweepStanding.Of(directory).Count(TrialState.Failed));
    }

    [Fact]
    public void Begin_FindsWhatCannotBeTrainedBeforeAnythingIs()
    {
        string Refused(RunOptions options, SweepOptions sweep) => Assert.Throws<LstmTorchException>(() => Sweep.Begin(options, sweep, new SweepDirectory(_folder.File("none")))).Message;
        Assert.Contains("no combination of --vary can be trained", Refused(Options(), new SweepOptions { Vary = ["context-length=500/1000"] }), StringComparison.Ordinal);
        Assert.Contains("there is no such column; did you mean 'level'", Refused(Options() with { Target = ["levle"] }, new SweepOptions { Vary = ["hidden-size=2/3"] }), StringComparison.Ordinal);
        Assert.Contains("there is no such column", Refused(Options(), new SweepOptions { Vary = ["inputs=up"] }), StringComparison.Ordinal);
        Assert.Contains("no validation window", Refused(Options() with { ValidationFraction = 0 }, new SweepOptions { Vary = ["hidden-size=2/3"] }), StringComparison.Ordinal);
        Assert.Contains("--halving decides", Refused(Options(), new SweepOptions { Vary = ["epochs=2/4"], Halving = 2 }), StringComparison.Ordinal);
        Assert.Contains("--ensemble", Refused(Options() with { Ensemble = 2 }, new SweepOptions { Vary = ["hidden-size=2/4"], Halving = 2 }), StringComparison.Ordinal);
        Assert.Contains("--objective wql needs", Refused(Options(), new SweepOptions { Vary = ["hidden-size=2/4"], Objective = SweepObjective.Wql }), StringComparison.Ordinal);
        Assert.Contains("--halving is 1", Refused(Options(), new SweepOptions { Vary = ["hidden-size=2/4"], Halving = 1 }), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public void Begin_LeavesOutWhatCannotBeTrained()
    {
        var told = new List<string>();
        SweepPlan plan = Sweep.Begin(Options(), new SweepOptions { Vary = ["context-length=4/6", "patch-length=1/4"] }, new SweepDirectory(_folder.File("sweep")), told.Add);
        Assert.Equal(["4 1", "4 4", "6 1"], plan.Trials.Select(trial => $"{trial["context_length"]} {trial["patch_length"]}"));
        Assert.Contains("1 of 4 combinations cannot be trained and are left out: --patch-length is 4", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void Begin_WhereASweepIs_ReplacesItOnlyIfTold()
    {
        SweepDirectory directory = Begin("hidden-size=2/3");
        Sweep.Run(directory, only: 0);
        Assert.Equal(ErrorKind.CannotWrite, Assert.Throws<LstmTorchException>(() => Begin("hidden-size=4")).Kind);
        using (directory.TryClaim(1))
            Assert.Contains("trial 1 is being trained", Assert.Throws<LstmTorchException>(() => Begin(Options() with { Overwrite = true }, null, "hidden-size=4")).Message, StringComparison.Ordinal);
        Assert.Single(directory.ReadResults(2));

        Begin(Options() with { Overwrite = true }, null, "hidden-size=4");
        Assert.Empty(directory.ReadResults(2));
        Assert.False(directory.Run(0).HoldsRun);

        Directory.CreateDirectory(_folder.File("other"));
        _folder.Write("other/letter.txt", "mine");
        Assert.Contains("holds no sweep", Assert.Throws<LstmTorchException>(() => Begin(Options(), null, ["hidden-size=4"], "other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OnChangedData_IsRefused()
    {
        SweepDirectory directory = Begin("hidden-size=2/3");
        SmallSeries.Write(_folder, change: (values, row) => values[0] += row == 59 ? 1 : 0);
        Assert.Equal(ErrorKind.BadData, Assert.Throws<LstmTorchException>(() => Sweep.Run(directory)).Kind);
    }

    [Fact]
    public void Run_WithoutAPlan_IsRefused()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => Sweep.Run(new SweepDirectory(_folder.File("none")))).Kind);
        Directory.CreateDirectory(_folder.File("bad"));
        _folder.Write("bad/sweep.json", """{"format_version": 1, "fil""");
        Assert.Equal(ErrorKind.Damaged, Assert.Throws<LstmTorchException>(() => Sweep.Run(new SweepDirectory(_folder.File("bad")))).Kind);
        _folder.Write("bad/sweep.json", """{"format_version": 1}""");
        Assert.Equal(ErrorKind.Damaged, Assert.Throws<LstmTorchException>(() => Sweep.Run(new SweepDirectory(_folder.File("bad")))).Kind);
    }

    /// <summary>By a trial of five past steps and one of four, the scores are of the same windows.</summary>
    [Fact]
    public void Run_WithOtherInputsAndContexts_ScoresTheSameWindows()
    {
        SweepDirectory directory = Begin("inputs=all/level", "context-length=4/5");
        Assert.True(Sweep.Run(directory));
        Assert.Equal([2, 2, 1, 1], Enumerable.Range(0, 4).Select(trial => ModelFile.Read(directory.Run(trial).Model).Config.Inputs.Count));
        Assert.Single(Enumerable.Range(0, 4).Select(trial => MetricsJson.Deserialize(File.ReadAllText(directory.Run(trial).Metrics), "m").Splits["validation"].Windows).Distinct());
    }

    private static string[] Scores(SweepDirectory directory) =>
        [.. directory.ReadResults(2).Values.Select(result => $"{result.Trial} {result.State} {result.Epochs} {result.Score:R}")];

    private RunOptions Options() => SmallSeries.Options(SmallSeries.Write(_folder), "unused") with { HiddenSize = [3] };

    private SweepDirectory Begin(params string[] vary) => Begin(Options(), null, vary);

    private SweepDirectory Begin(RunOptions options, int? halving, params string[] vary) => Begin(options, halving, vary, "sweep");

    private SweepDirectory Begin(RunOptions options, int? halving, string[] vary, string name)
    {
        var directory = new SweepDirectory(_folder.File(name));
        Sweep.Begin(options, new SweepOptions { Vary = vary, Halving = halving }, directory);
        return directory;
    }

    private sealed class Counting(Action batch) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => batch();
    }
}
