using System.Globalization;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests;

/// <summary>
/// What training and forecasting leave behind: nothing. LSTMTORCH_SOAK_STEPS and LSTMTORCH_SOAK_PREDICTIONS make the long runs long;
/// only then is the memory of the process held against a bar.
/// </summary>
public sealed class MemoryTests
{
    [Fact]
    public void Step_LeavesNoTensorToTheGarbageCollector()
    {
        using var training = new SmallTraining();
        training.Run(steps: 10);
        Assert.Equal(0, TensorsLeftBy(() => training.Run(steps: 100)));
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("cpu")]
    public void Forecast_LeavesNoTensorToTheGarbageCollector(string kernel)
    {
        using var training = new SmallTraining();
        training.Model.Lstm.Kernel = kernel;
        training.Forecast();
        Assert.Equal(0, TensorsLeftBy(() =>
        {
            for (int n = 0; n < 20; n++)
                training.Forecast();
        }));
    }

    [Theory]
    [InlineData(WindowNormalization.None, false)]
    [InlineData(WindowNormalization.Revin, true)]
    public void Run_WhileAnotherThreadCollects_HasTheSameBitsAndGrowsByNothing(WindowNormalization normalize, bool highway)
    {
        // Epochs of a thousand steps, for the history grows with every epoch.
        const int rows = 1000;
        int steps = Size("LSTMTORCH_SOAK_STEPS", 150);
        RunOptions options = SmallSeries.Options("", "") with { Normalize = normalize, Highway = highway, BatchSize = 1 };
        using var quiet = new SmallTraining(options, rows);
        quiet.Run(steps);
        using var disturbed = new SmallTraining(options, rows);
        long tensors = TensorsInUse();
        using (var collector = new Collector())
        {
            var memory = new MemoryCurve(steps);
            disturbed.Run(steps, memory.Step);
            Report($"{steps} training steps, {collector.Collections} collections: {memory}");
            if (steps >= MemoryCurve.FewestSteps)
                Assert.InRange(memory.BytesPerThousand, double.NegativeInfinity, 1024);
        }

        Assert.Equal(quiet.Weights, disturbed.Weights);
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("cpu")]
    public void Forecasts_WhileAnotherThreadCollects_AreTheSameAndGrowByNothing(string kernel)
    {
        int predictions = Size("LSTMTORCH_SOAK_PREDICTIONS", 150);
        using var training = new SmallTraining();
        training.Model.Lstm.Kernel = kernel;
        float[] expected = training.Forecast();
        long tensors = TensorsInUse();
        using var collector = new Collector();
        var memory = new MemoryCurve(predictions);
        for (int n = 0; n < predictions; n++)
        {
            Assert.Equal(expected, training.Forecast());
            memory.Step();
        }

        Report($"{predictions} predictions by {kernel}, {collector.Collections} collections: {memory}");
        Assert.Equal(tensors, Tensor.TotalCount);
        if (predictions >= MemoryCurve.FewestSteps)
            Assert.InRange(memory.BytesPerThousand, double.NegativeInfinity, 1024);
    }

    /// <summary>The tensors that some work leaves alive, none of them collected.</summary>
    private static long TensorsLeftBy(Action work)
    {
        long before = TensorsInUse();
        Assert.True(GC.TryStartNoGCRegion(100 << 20));
        try
        {
            work();
            return Tensor.TotalCount - before;
        }
        finally
        {
            GC.EndNoGCRegion();
        }
    }

    /// <summary>The tensors alive, without what other tests have left to the garbage collector.</summary>
    private static long TensorsInUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private static int Size(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } size ? int.Parse(size, CultureInfo.InvariantCulture) : otherwise;

    private static void Report(string line) => TestContext.Current.SendDiagnosticMessage(line);
}
