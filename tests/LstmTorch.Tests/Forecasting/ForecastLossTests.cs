using LstmTorch.Forecasting;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class ForecastLossTests
{
    // Errors 0.5 and -3.
    [Theory]
    [InlineData(ForecastLoss.Mse, 9.25)]
    [InlineData(ForecastLoss.Mae, 3.5)]
    [InlineData(ForecastLoss.Huber, 0.125 + 2.5)]
    public void Of_TwoErrors_IsTheirSumOrMean(ForecastLoss loss, double sum)
    {
        using var scope = NewDisposeScope();
        Tensor forecast = tensor([1.5f, 2]), future = tensor([1f, 5]);
        Assert.Equal(sum, ForecastLosses.Of(loss, forecast, new TrainingBatch(future, future), nn.Reduction.Sum).item<float>(), 1e-6);
        Assert.Equal(sum / 2, ForecastLosses.Of(loss, forecast, new TrainingBatch(future, future), nn.Reduction.Mean).item<float>(), 1e-6);
    }

    [Fact]
    public void Of_Weights_MultiplyTheErrors()
    {
        using var scope = NewDisposeScope();
        Tensor forecast = tensor([1.5f, 2, 1, 1]).view(2, 2, 1), future = tensor([1f, 5, 1, 3]).view(2, 2, 1), weights = tensor([2f, 10]).view(2, 1, 1);
        Assert.Equal(1 + 6 + 0 + 20, ForecastLosses.Of(ForecastLoss.Mae, forecast, new TrainingBatch(future, future) { Weights = weights }, nn.Reduction.Sum).item<float>(), 1e-5);
        Assert.Equal(1 + 36 + 0 + 400, ForecastLosses.Of(ForecastLoss.Mse, forecast, new TrainingBatch(future, future) { Weights = weights }, nn.Reduction.Sum).item<float>(), 1e-4);
    }

    // Errors 0.5, -3, 0 and -2, of which the second and the last were not measured.
    [Theory]
    [InlineData(ForecastLoss.Mse, 0.25)]
    [InlineData(ForecastLoss.Mae, 0.5)]
    [InlineData(ForecastLoss.Huber, 0.125)]
    public void Of_WhatWasNotMeasured_CountsNeitherInTheSumNorInTheMean(ForecastLoss loss, double sum)
    {
        using var scope = NewDisposeScope();
        Tensor forecast = tensor([1.5f, 2, 1, 1]).view(1, 4, 1), future = tensor([1f, 5, 1, 3]).view(1, 4, 1);
        var batch = new TrainingBatch(future, future) { Measured = tensor([1f, 0, 1, 0]).view(1, 4, 1) };
        Assert.Equal(sum, ForecastLosses.Of(loss, forecast, batch, nn.Reduction.Sum).item<float>(), 1e-6);
        Assert.Equal(sum / 2, ForecastLosses.Of(loss, forecast, batch, nn.Reduction.Mean).item<float>(), 1e-6);
    }
}
