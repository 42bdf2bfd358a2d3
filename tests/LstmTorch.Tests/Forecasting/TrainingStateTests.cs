using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class TrainingStateTests
{
    [Fact]
    public void Average_OfConstantSteps_IsTheRunningMeanOfTheirWeights()
    {
        using var model = new LstmForecaster(new ForecasterConfig
        {
            Inputs = ["a"],
            Targets = ["a"],
            HiddenSizes = [2],
            InputScalers = [ColumnScaler.Identity],
            TargetScalers = [ColumnScaler.Identity],
        });
        using var state = new TrainingState(model, averages: true);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        state.MeanValues!.fill_(1f);

        // 1, then 0.9 of it and 0.1 of 3, then 0.99 of that: the second step is late enough for the whole decay.
        state.Parameters.Values.fill_(3f);
        state.Optimizer.Steps = 80;
        state.Average(0.99);
        Assert.Equal(1 + (2 * 9 / 90.0), state.MeanValues[0].item<float>(), 1e-6);
        state.Optimizer.Steps = 10_000;
        state.Average(0.99);
        Assert.Equal(1.2 + (1.8 * 0.01), state.MeanValues[0].item<float>(), 1e-6);
        Assert.Equal(3, state.Parameters.Values[0].item<float>());
    }
}
