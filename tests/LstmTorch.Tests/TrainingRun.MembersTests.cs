using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests;

/// <summary>Ensembles: <see cref="TrainingRun"/> with more than one network.</summary>
public sealed class TrainingRunMembersTests
{
    [Fact]
    public void Run_Ensemble_JoinsTheRunsOfItsSeeds()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("all")) with { Epochs = 2, Seed = 5, Ensemble = 2, Intervals = [0.8] };
        RunResult all = TrainingRun.Run(options);
        RunResult[] alone = [.. Enumerable.Range(0, 2).Select(n => TrainingRun.Run(options with { Out = folder.File($"{n}"), Seed = 5 + n, Ensemble = 1 }))];

        ModelFile joined = ModelFile.Read(all.Directory.Path);
        foreach (var (run, member) in alone.Zip(joined.Members))
        {
            Assert.All(ModelFile.Read(run.Directory.Path).Tensors, tensor =>
                Assert.Equal(tensor.Floats.ToArray(), member.Tensors.Single(other => other.Name == tensor.Name).Floats.ToArray()));
        }

        double[][] forecasts = [.. alone.Select(run => ForecastsIn(run.Directory.Predictions))];
        double[] expected = [.. forecasts[0].Zip(forecasts[1], (a, b) => (a + b) / 2)], actual = ForecastsIn(all.Directory.Predictions);
        Assert.Equal(expected.Length, actual.Length);

        // Forecasts of about 1, averaged in float64 from float32 networks: equal but for the last digits.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-9 * Math.Max(1, Math.Abs(pair.First))));
        Assert.Single(joined.Config.Intervals);
        Assert.Equal(2 * alone[0].Metrics!.Parameters, all.Metrics!.Parameters);
        Assert.Equal(2, all.Metrics.Epochs);
        Assert.Equal(alone.Average(run => run.History[1].TrainLoss), all.History[1].TrainLoss);
    }

    [Fact]
    public void Run_StoppedInTheSecondNetworkAndResumed_EqualsTheUninterruptedRunToTheBit()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("whole")) with { Epochs = 2, Ensemble = 2 };
        RunResult whole = TrainingRun.Run(options);

        RunOptions parts = options with { Out = folder.File("parts") };
        using var cancellation = new CancellationTokenSource();
        RunResult stopped = TrainingRun.Run(parts, new RunEvents(new StopIn(epoch: 3, cancellation)), cancellation.Token);
        Assert.True(stopped.Interrupted);
        Assert.Null(stopped.Metrics);
        Refusal(ErrorKind.NotFound, "--resume", () => ModelFile.Read(parts.Out!));

        RunResult resumed = TrainingRun.Run(parts with { Resume = true });
        Assert.Equal(File.ReadAllBytes(whole.Directory.Model), File.ReadAllBytes(resumed.Directory.Model));
    }

    [Fact]
    public void Run_ResumedWithMoreNetworks_AddsThem()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("two")) with { Epochs = 1, Ensemble = 2 };
        TrainingRun.Run(options);
        RunResult three = TrainingRun.Run(options with { Ensemble = 3, Resume = true });
        RunResult atOnce = TrainingRun.Run(options with { Ensemble = 3, Out = folder.File("three") });

        Assert.Equal(File.ReadAllBytes(atOnce.Directory.Model), File.ReadAllBytes(three.Directory.Model));
        Refusal(ErrorKind.Usage, "--ensemble 3", () => TrainingRun.Run(options with { Ensemble = 2, Resume = true }));
    }

    [Fact]
    public void ModelFit_Ensemble_IsTheMeanOfItsSeeds()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("unused")) with { Epochs = 1, Seed = 3 };
        TimeSeriesSet set = TrainingRun.Read(options);
        ChronologicalSplit[] splits = [ChronologicalSplit.Of(set.Rows, 0.2, 0.2)];
        WindowIndex windows = WindowIndex.Of(set, splits, Part.Test, options.ContextLength, options.Horizon);
        double[] Forecasts(RunOptions of) => WindowForecasts.Of(ModelFit.Train(of, set, splits), set, windows).Values;

        double[] expected = [.. Forecasts(options).Zip(Forecasts(options with { Seed = 4 }), (a, b) => (a + b) / 2)];
        Assert.Equal(12, expected.Length);
        Assert.All(expected.Zip(Forecasts(options with { Ensemble = 2 })), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-9 * Math.Max(1, Math.Abs(pair.First))));
    }

    private static void Refusal(ErrorKind kind, string words, Action act)
    {
        LstmTorchException error = Assert.Throws<LstmTorchException>(act);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static double[] ForecastsIn(string predictions)
    {
        string[] lines = File.ReadAllLines(predictions);
        int column = Array.IndexOf(lines[0].Split(','), "forecast");
        return [.. lines.Skip(1).Select(line => double.Parse(line.Split(',')[column], System.Globalization.CultureInfo.InvariantCulture))];
    }

    private sealed class StopIn(int epoch, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Epoch == epoch)
                cancellation.Cancel();
        }
    }
}
