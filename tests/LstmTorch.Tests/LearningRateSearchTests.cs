using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests;

public sealed class LearningRateSearchTests : IDisposable
{
    private const int Steps = 60;

    private static readonly RunOptions s_options = SmallSeries.Options("", "") with { Out = null, ClipNorm = null, LearningRate = 1e-3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_GrowingSteps_SpanSixDecadesEvenly()
    {
        LearningRateCurve curve = Search();

        Assert.Equal(1e-6, curve.Points[0].LearningRate, 1e-15);
        double ratio = Math.Pow(1e6, 1.0 / (Steps - 1));
        Assert.All(curve.Points.Zip(curve.Points.Skip(1)), pair => Assert.Equal(ratio, pair.Second.LearningRate / pair.First.LearningRate, 1e-9));
        Assert.InRange(curve.Points.Count, Steps / 2, Steps);
    }

    /// <summary>An outside measure: as many epochs at the suggested rate leave less loss than at rates far from it.</summary>
    [Fact]
    public void Run_SuggestedRate_TrainsBetterThanOthers()
    {
        double suggested = Search().Suggested;

        double loss = TrainLoss(suggested);
        Assert.InRange(suggested, 1e-4, 0.3);
        Assert.True(loss < TrainLoss(suggested / 100), $"{loss} at {suggested}");
        Assert.True(loss < TrainLoss(Math.Min(100 * suggested, 10)), $"{loss} at {suggested}");
    }

    /// <summary>Neither the rate nor the epochs of the options matter, nor rows after the training part.</summary>
    [Fact]
    public void Run_WhatIsNotOfTheTest_ChangesNothing()
    {
        LearningRateCurve curve = Search();

        Assert.Equal(curve.Points, Search(s_options with { LearningRate = 0.5, Epochs = 7, Patience = 1 }).Points);
        Assert.Equal(curve.Points, Search(change: (values, row) => values[0] += row >= 42 ? 1000 : 0).Points);
        Assert.NotEqual(curve.Points, Search(s_options with { Seed = 1 }).Points);
    }

    [Fact]
    public void Run_Cancelled_EndsAtOnce()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Search(cancellation: cancelled.Token));
    }

    [Fact]
    public void Run_NoTrainingWindow_IsRefused() => Assert.Contains(
        "no series has the 101 training rows",
        Assert.Throws<LstmTorchException>(() => Search(s_options with { ContextLength = 100 })).Message,
        StringComparison.Ordinal);

    private LearningRateCurve Search(RunOptions? options = null, Action<double[], int>? change = null, CancellationToken cancellation = default)
    {
        RunOptions run = options ?? s_options;
        TimeSeriesSet set = SeriesReader.Read(SmallSeries.Write(_folder, change: change), run.Reading);
        ChronologicalSplit[] splits = [ChronologicalSplit.Of(SmallSeries.Rows, run.ValidationFraction, run.TestFraction)];
        return LearningRateSearch.Run(run, set, splits, Steps, cancellation);
    }

    private double TrainLoss(double rate)
    {
        RunOptions options = s_options with { Data = SmallSeries.Write(_folder), Out = _folder.File("run"), Epochs = 5, LearningRate = rate, Overwrite = true, Dropout = 0 };
        return TrainingRun.Run(options).History[^1].TrainLoss;
    }
}
