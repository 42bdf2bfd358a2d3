using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests;

public sealed class TrainingRunTests
{
    [Fact]
    public void Run_TwiceWithOneSeed_WritesTheSameModelBytes()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("a"));
        byte[] first = ModelBytes(options);
        Assert.Equal(first, ModelBytes(options with { Out = folder.File("b") }));
        Assert.NotEqual(first, ModelBytes(options with { Out = folder.File("c"), Seed = 1 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_TargetThatNeverChanges_SaysSo(bool isConstant)
    {
        using var folder = new TemporaryFolder();
        string data = SmallSeries.Write(folder, change: (values, row) => values[0] = isConstant || row < 30 ? 7 : 8);
        var notices = new List<string>();
        TrainingRun.Run(SmallSeries.Options(data, folder.File("run")) with { Epochs = 1 }, new RunEvents(Notice: notices.Add));

        Assert.Equal(isConstant, notices.Contains($"{data}: column 'level' does not change in the training rows, so that there is nothing to learn of it"));
    }

    [Fact]
    public void Run_StoppedAfterAnyBatchAndResumed_EqualsTheUninterruptedRunToTheBit()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole")) with { Epochs = 2 };
        RunResult whole = TrainingRun.Run(options);
        byte[] expected = File.ReadAllBytes(whole.Directory.Model);
        int batches = BatchesOf(options);

        for (int stop = 1; stop < 2 * batches; stop++)
        {
            RunOptions parts = options with { Out = folder.File($"stopped-{stop}") };
            using var cancellation = new CancellationTokenSource();
            var events = new RunEvents(new StopAfter(stop, cancellation));
            Assert.True(TrainingRun.Run(parts, events, cancellation.Token).Interrupted);

            RunResult resumed = TrainingRun.Run(parts with { Resume = true });
            Assert.False(resumed.Interrupted);
            Assert.Equal(expected, File.ReadAllBytes(resumed.Directory.Model));
            Assert.Equal(Losses(whole), Losses(resumed));
            Assert.Equal(NewestTensors(whole), NewestTensors(resumed));
        }
    }

    [Theory]
    [InlineData(null, DropoutKind.Standard)]
    [InlineData(0.9, DropoutKind.Variational)]
    public void Run_ResumedFromACheckpointOfAnyStep_EqualsTheUninterruptedRunToTheBit(double? average, DropoutKind dropout)
    {
        // As after a kill: the state of the process is gone, and only what lies in the folder is left.
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole")) with { Epochs = 2, CheckpointSteps = 1, AverageWeights = average, DropoutKind = dropout, RecurrentDropout = average is null ? 0 : 0.3 };
        var copies = new List<string>();
        RunResult whole = TrainingRun.Run(options, new RunEvents(new BatchesSeen(() => copies.Add(CopyOf(folder.File("whole"), folder.File($"killed-{copies.Count}"))))));
        Assert.Equal(2 * BatchesOf(options), copies.Count);
        foreach (string copy in copies)
        {
            RunResult resumed = TrainingRun.Run(options with { Out = copy, Resume = true });
            Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(resumed.Directory.Model));
            Assert.Equal(Losses(whole), Losses(resumed));
            Assert.Equal(NewestTensors(whole), NewestTensors(resumed));
        }
    }

    [Fact]
    public void Run_ResumedBeforeItsFirstCheckpoint_SaysSoAndStartsAnew()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole")) with { Epochs = 1 };
        string? copy = null;
        RunResult whole = TrainingRun.Run(options, new RunEvents(new BatchesSeen(() => copy ??= CopyOf(folder.File("whole"), folder.File("killed")))));
        var notices = new List<string>();
        RunResult resumed = TrainingRun.Run(options with { Out = copy, Resume = true }, new RunEvents(Notice: notices.Add));
        Assert.Contains(notices, notice => notice.Contains("had not come to its first checkpoint", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(resumed.Directory.Model));
    }

    [Fact]
    public void Run_WhileCheckpointsCannotBeWritten_TrainsOnAndTellsAndWritesTheNextOne()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole"));
        RunResult whole = TrainingRun.Run(options);
        int epochs = 0;
        var notices = new List<string>();
        using var disk = new FailingDisk(_ => epochs == 1);
        RunResult run = TrainingRun.Run(
            options with { Out = folder.File("full") }, new RunEvents(new EpochsSeen(seen => epochs = seen), notices.Add));
        Assert.Contains(notices, notice => notice.Contains("no checkpoint: ", StringComparison.Ordinal) && notice.Contains("No space left", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(run.Directory.Model));
        Assert.Equal(NewestTensors(whole), NewestTensors(run));
    }

    [Fact]
    public void Run_OnADiskThatStaysFull_TrainsToTheEndAndKeepsTheLastGoodCheckpoint()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole"));
        RunResult whole = TrainingRun.Run(options);
        RunOptions full = options with { Out = folder.File("full") };
        int epochs = 0;
        using (new FailingDisk(_ => epochs >= 2))
        {
            var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(full, new RunEvents(new EpochsSeen(seen => epochs = seen))));
            Assert.Equal(ErrorKind.CannotWrite, error.Kind);
        }

        Assert.Equal(options.Epochs, epochs);
        Assert.Empty(Directory.EnumerateFiles(folder.File("full"), "*.tmp", SearchOption.AllDirectories));
        RunResult resumed = TrainingRun.Run(full with { Resume = true }, new RunEvents(Notice: notice => Assert.Fail(notice)));
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(resumed.Directory.Model));
    }

    [Fact]
    public void Run_WhenAnyOneWriteFlushOrRenameFails_CanBeRepeatedOrResumed()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole")) with { Epochs = 1, HiddenSize = [1] };
        int operations;
        RunResult whole;
        using (var counted = new FailingDisk(_ => false))
        {
            whole = TrainingRun.Run(options);
            operations = counted.Operations;
        }

        // The model, the metrics and the forecasts each have their place; drawing plots is what takes long.
        for (int failing = 1; failing <= operations; failing += failing < operations - 12 ? 7 : 1)
        {
            RunOptions parts = options with { Out = folder.File($"failing-{failing}") };
            using (new FailingDisk(operation => operation == failing))
            {
                var error = Record.Exception(() => TrainingRun.Run(parts));
                Assert.True(error is null or LstmTorchException { Kind: ErrorKind.CannotWrite }, $"operation {failing}: {error}");
            }

            Assert.Empty(Directory.EnumerateFiles(parts.Out, "*.tmp", SearchOption.AllDirectories));
            RunResult after = TrainingRun.Run(parts with { Resume = new RunDirectory(parts.Out).HoldsRun });
            Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(after.Directory.Model));
        }
    }

    [Fact]
    public void Run_ResumedWithMoreEpochs_GoesOnToTheTotal()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run"));
        TrainingRun.Run(options);
        RunResult longer = TrainingRun.Run(options with { Resume = true, Epochs = 5 });
        RunResult whole = TrainingRun.Run(options with { Out = folder.File("whole"), Epochs = 5 });
        Assert.Equal(5, longer.Metrics!.Epochs);
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(longer.Directory.Model));
    }

    [Fact]
    public void Run_WithADamagedNewestCheckpoint_NamesItAndUsesTheOneBefore()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Epochs = 2 };
        RunResult first = TrainingRun.Run(options);
        string newest = Directory.GetFiles(first.Directory.Checkpoints.Path).Order().Last();
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..100]);

        var notices = new List<string>();
        RunResult resumed = TrainingRun.Run(options with { Resume = true }, new RunEvents(Notice: notices.Add));
        Assert.Contains(notices, notice => notice.Contains(newest, StringComparison.Ordinal));
        Assert.Equal(Losses(first), Losses(resumed));
    }

    [Fact]
    public void Run_ResumedWithOtherOptionsOrData_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run"));
        TrainingRun.Run(options);
        var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options with { Resume = true, Dropout = 0.3 }));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("--dropout 0.2, not --dropout 0.3", error.Message, StringComparison.Ordinal);

        SmallSeries.Write(folder, change: (values, row) => values[0] += row == 50 ? 1 : 0);
        error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options with { Resume = true }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
    }

    [Fact]
    public void Run_ResumedOnAnotherDeviceOrKernel_GoesOn()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Epochs = 4, Device = "cpu", Kernel = "cpu" };
        RunResult whole = TrainingRun.Run(options);
        TrainingRun.Run(options with { Epochs = 2, Out = folder.File("moved") });
        RunResult moved = TrainingRun.Run(options with { Out = folder.File("moved"), Resume = true, Device = "auto", Kernel = "reference" });

        // The same order, masks and moments: what differs is how float32 rounds, in a few hundred steps.
        foreach (var (expected, actual) in whole.History.Zip(moved.History))
            Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-5);
        Assert.Equal(("auto", "reference"), (RunConfig.Read(moved.Directory.Config).Options.Device, RunConfig.Read(moved.Directory.Config).Options.Kernel));
    }

    [Fact]
    public void Run_WhenTheFutureChanges_TrainsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("a"));
        RunResult before = TrainingRun.Run(options);
        int testFrom = RunConfig.Read(before.Directory.Config).Data.Series[0].ValidationEnd;

        // Extreme test values: a scaler or a window that saw them would move every weight.
        string other = SmallSeries.Write(folder, change: (values, row) =>
        {
            if (row >= testFrom)
                values[0] = values[1] = 1e6 * row;
        });
        RunResult after = TrainingRun.Run(options with { Data = other, Out = folder.File("b") });
        Assert.Equal(File.ReadAllBytes(before.Directory.Model), File.ReadAllBytes(after.Directory.Model));
        Assert.Equal(before.Metrics!.Splits["validation"], after.Metrics!.Splits["validation"]);
        Assert.NotEqual(before.Metrics.Splits["test"], after.Metrics.Splits["test"]);
    }

    [Fact]
    public void Run_WithFilledValues_IsScoredOnMeasuredOnesAlone()
    {
        using var folder = new TemporaryFolder();
        bool Missing(int row) => row % 10 is 3 or 4;
        string data = SmallSeries.Write(folder, change: (values, row) => values[0] = Missing(row) ? double.NaN : values[0]);
        RunOptions options = SmallSeries.Options(data, folder.File("run")) with { Epochs = 1, Missing = MissingValues.Interpolate };
        RunResult run = TrainingRun.Run(options);

        // Of the last 9 rows, 51 to 59, 53 and 54 are missing, and so are the targets and the origins of three windows.
        Assert.Equal(6, run.Metrics!.Splits["test"].Windows);
        string[] predictions = File.ReadAllLines(run.Directory.Predictions);
        Assert.Equal(7, predictions.Length);
        Assert.All(predictions[1..], line => Assert.NotEqual(string.Empty, line.Split(',')[5]));

        using var model = TrainedModel.Load(run.Directory.Path);
        TimeSeriesSet set = model.Read(data);
        Assert.Equal(6, model.Evaluate(set, [ChronologicalSplit.Of(60, 0.15, 0.15)])["test"].Windows);

        // Every window is forecast all the same; what came true is told where it was measured.
        IReadOnlyList<PredictionRow> all = model.PredictAll(set);
        Assert.Equal(56, all.Count);
        Assert.Equal(Enumerable.Range(4, 56).Where(Missing), all.Select((row, n) => (row.Actual, n + 4)).Where(row => row.Actual is null).Select(row => row.Item2));
    }

    [Fact]
    public void Run_OnAnEasySeries_BeatsTheNaiveForecast()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder, 300), folder.File("run")) with
        {
            Epochs = 20,
            HiddenSize = [12],
            Dropout = 0,
            ContextLength = 8,
        };
        PartMetrics test = TrainingRun.Run(options).Metrics!.Splits["test"];
        Assert.True(test.Model.Rmse < 0.8 * test.Naive.Rmse, $"model {test.Model.Rmse}, naive {test.Naive.Rmse}");
    }

    [Fact]
    public void Run_WithPatience_StopsSoManyEpochsAfterTheBestAndKeepsIt()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with
        {
            Epochs = 200,
            LearningRate = 0.1,
            Patience = 3,
        };
        RunResult result = TrainingRun.Run(options);
        RunMetrics metrics = result.Metrics!;
        Assert.True(metrics.Epochs < 200);
        Assert.Equal(3, metrics.Epochs - metrics.BestEpoch);
        Assert.Equal(result.History.Min(epoch => epoch.ValidationLoss), result.History[metrics.BestEpoch - 1].ValidationLoss);
    }

    [Fact]
    public void Run_AveragingWeights_ValidatesAndWritesTheAverage()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("last")) with { Epochs = 1 };
        RunResult last = TrainingRun.Run(options), mean = TrainingRun.Run(options with { Out = folder.File("mean"), AverageWeights = 0.9 });
        Dictionary<string, byte[]> steps = NewestTensors(mean, "");

        // The steps are the same ones; what is validated and written is the average.
        Assert.Equal(last.History[0].TrainLoss, mean.History[0].TrainLoss);
        Assert.NotEqual(last.History[0].ValidationLoss, mean.History[0].ValidationLoss);
        Assert.Equal(NewestTensors(last, "")["head.weight"], steps["head.weight"]);
        Assert.NotEqual(steps["head.weight"], steps["average.head.weight"]);
        Assert.Equal(steps["average.head.weight"], Safetensors.Read(mean.Directory.Model).Tensors.Single(tensor => tensor.Name == "head.weight").Data.ToArray());
    }

    [Fact]
    public void Run_OfSeriesWithHostileNames_WritesNothingElsewhereAndNothingThatRuns()
    {
        using var folder = new TemporaryFolder();
        string[] ids = ["../../../up", "=HYPERLINK(1)", "<script>alert(1)</script>", new string('l', 8000)];
        IEnumerable<string> rows = ids.SelectMany(id => Enumerable.Range(0, 40).Select(row => FormattableString.Invariant($"\"{id}\",{row},{Math.Sin(row)}")));
        File.WriteAllLines(folder.File("data.csv"), ["id,step,=cmd()", .. rows]);
        RunOptions options = SmallSeries.Options(folder.File("data.csv"), folder.File("in/run")) with { SeriesId = "id", Time = "step", Target = ["=cmd()"], Epochs = 1 };
        RunResult run = TrainingRun.Run(options);

        Assert.Equal(["data.csv", "in"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([folder.File("in/run")], Directory.EnumerateFileSystemEntries(folder.File("in")));
        string predictions = File.ReadAllText(run.Directory.Predictions), report = File.ReadAllText(run.Directory.Report);
        Assert.Contains("'=HYPERLINK(1)", predictions, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(^|,)=", predictions);
        Assert.DoesNotContain("<script>alert", report, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithABatchBeyondAllWindows_TakesThemAllAtOnce()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("all")) with { BatchSize = 1000 };
        Assert.Equal(ModelBytes(options), ModelBytes(options with { BatchSize = int.MaxValue, Out = folder.File("more") }));
    }

    [Fact]
    public void Run_ThatDiverges_NamesEpochAndBatch()
    {
        using var folder = new TemporaryFolder();
        string data = SmallSeries.Write(folder, change: (values, _) => values[0] *= 1e25);
        RunOptions options = SmallSeries.Options(data, folder.File("run")) with { Scaler = ScalerKind.None };
        var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options));
        Assert.Equal(ErrorKind.Diverged, error.Kind);
        Assert.Contains("epoch 1, batch 1: the loss is", error.Message, StringComparison.Ordinal);
        Assert.Contains("the error is too large for float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ThatDivergesAfterAGoodEpoch_NamesTheWeightsAndKeepsTheBestOnes()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Epochs = 1 };
        RunResult good = TrainingRun.Run(options);
        byte[] best = File.ReadAllBytes(good.Directory.Model);
        using (var model = new LstmForecaster(good.Config))
        using (var state = new TrainingState(model))
        {
            good.Directory.Checkpoints.RestoreNewest(state, null);
            TorchSharp.torch.nn.init.constant_(model.Lstm.Layers[1].weight_hh, double.NaN);
            good.Directory.Checkpoints.Save(state);
        }

        File.Delete(good.Directory.Model);
        var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options with { Epochs = 2, Resume = true }));
        Assert.Equal(ErrorKind.Diverged, error.Kind);
        Assert.Contains("epoch 2, batch 1: the loss is NaN, and weight_hh_l1 is not finite", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the best weights so far, of epoch 1, are in {good.Directory.Model}", error.Message, StringComparison.Ordinal);
        Assert.Equal(best, File.ReadAllBytes(good.Directory.Model));
    }

    [Fact]
    public void Run_SkippingWhatIsNotFinite_TellsEachBatchAndResumesToTheBit()
    {
        // Two windows in one batch, or in two, have a square beyond float32.
        using var folder = new TemporaryFolder();
        string data = SmallSeries.Write(folder, change: (values, row) => values[0] = row == 20 ? 1e25 : values[0]);
        RunOptions options = SmallSeries.Options(data, folder.File("whole")) with { Scaler = ScalerKind.None, OnNonfinite = NonfiniteAction.Skip, Epochs = 2 };
        var notices = new List<string>();
        RunResult whole = TrainingRun.Run(options, new RunEvents(Notice: notices.Add));
        Assert.All(whole.History, epoch => Assert.True(double.IsFinite(epoch.TrainLoss) && double.IsFinite(epoch.GradientNorm)));
        Assert.All(notices, notice => Assert.Matches(@"^epoch [12], batch [1-5] skipped: the loss is .*batches skipped so far\)$", notice));
        Assert.InRange(notices.Count, 2, 2 * BatchesOf(options) / 2);

        using var cancellation = new CancellationTokenSource();
        RunOptions parts = options with { Out = folder.File("stopped") };
        TrainingRun.Run(parts, new RunEvents(new StopAfter(BatchesOf(options) + 3, cancellation)), cancellation.Token);
        RunResult resumed = TrainingRun.Run(parts with { Resume = true });
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(resumed.Directory.Model));
        Assert.Equal(NewestTensors(whole), NewestTensors(resumed));
        Assert.Equal(Losses(whole), Losses(resumed));
    }

    [Fact]
    public void Run_SkippingTooManyInARow_Stops()
    {
        using var folder = new TemporaryFolder();
        string data = SmallSeries.Write(folder, change: (values, _) => values[0] *= 1e25);
        RunOptions options = SmallSeries.Options(data, folder.File("run")) with { Scaler = ScalerKind.None, OnNonfinite = NonfiniteAction.Skip };
        var notices = new List<string>();
        var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options, new RunEvents(Notice: notices.Add)));
        Assert.Equal(ErrorKind.Diverged, error.Kind);
        Assert.Contains("10 in a row", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, notices.Count(notice => notice.Contains(" skipped: ", StringComparison.Ordinal)));
        Assert.False(File.Exists(Path.Combine(options.Out!, "model.safetensors")));
    }

    [Fact]
    public void Run_WithFewerRowsThanAWindow_SaysHowManyAreNeededAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder, 20), folder.File("run")) with { ContextLength = 30 };
        var error = Assert.Throws<LstmTorchException>(() => TrainingRun.Run(options));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("20 rows leave 14 to train on, but one window needs 31", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Load_AfterARun_ForecastsTheSame()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Horizon = 2, Target = ["ahead", "level"] };
        RunResult run = TrainingRun.Run(options);
        using TrainedModel model = TrainedModel.Load(run.Directory.Path);
        var data = model.Read(options.Data);
        Dictionary<(string, int, string), double> written = File.ReadLines(run.Directory.Predictions).Skip(1).Select(line => line.Split(','))
            .ToDictionary(cells => (cells[1], int.Parse(cells[3]), cells[4]), cells => double.Parse(cells[6]));
        IReadOnlyList<PredictionRow> all = model.PredictAll(data);
        foreach (var (key, forecast) in written)
        {
            // Other batches round float32 sums differently.
            PredictionRow row = all.Single(row => (row.Origin, row.Step, row.Target) == key);
            Assert.Equal(forecast, row.Forecast, 1e-5);
        }

        IReadOnlyList<PredictionRow> next = model.PredictNext(data);
        Assert.Equal(["2024-03-01 ahead", "2024-03-01 level", "2024-03-02 ahead", "2024-03-02 level"], next.Select(row => $"{row.Timestamp} {row.Target}"));
        Assert.All(next, row => Assert.Null(row.Actual));
    }

    private static byte[] ModelBytes(RunOptions options) => File.ReadAllBytes(TrainingRun.Run(options).Directory.Model);

    private static IEnumerable<(double, double, double)> Losses(RunResult run) =>
        run.History.Select(epoch => (epoch.TrainLoss, epoch.ValidationLoss, epoch.GradientNorm));

    /// <summary>Every tensor of the newest checkpoint, weights, best weights, moments and averages, by the name of the file, or what is given, and its own.</summary>
    private static Dictionary<string, byte[]> NewestTensors(RunResult run, string? before = null)
    {
        string newest = Directory.GetFiles(run.Directory.Checkpoints.Path).Order().Last();
        return Safetensors.Read(newest).Tensors.ToDictionary(tensor => (before ?? Path.GetFileName(newest) + " ") + tensor.Name, tensor => tensor.Data.ToArray());
    }

    private static string CopyOf(string folder, string copy)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != RunLock.FileName))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    private static int BatchesOf(RunOptions options)
    {
        int training = SmallSeries.Rows - (2 * (int)(SmallSeries.Rows * 0.15));
        int windows = training - options.ContextLength - options.Horizon + 1;
        return (windows + options.BatchSize - 1) / options.BatchSize;
    }

    /// <summary>Called after every batch and its checkpoint; after the last of an epoch, before the checkpoint of the epoch.</summary>
    private sealed class BatchesSeen(Action tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell();
    }

    /// <summary>Cancels after so many batches.</summary>
    private sealed class StopAfter(int batches, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        private int _seen;

        public void Report(TrainingProgress value)
        {
            if (++_seen == batches)
                cancellation.Cancel();
        }
    }

    /// <summary>Tells how many epochs have ended, before the checkpoint of the last of them.</summary>
    private sealed class EpochsSeen(Action<int> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Finished is { } epoch)
                tell(epoch.Epoch);
        }
    }
}
