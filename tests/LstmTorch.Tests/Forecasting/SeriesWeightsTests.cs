using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class SeriesWeightsTests
{
    [Fact]
    public void Of_Series_IsOneOverTheirSeasonalErrorsInScaledUnits()
    {
        static TimeSeries Series(params double[] values) => new(string.Empty, TimeAxis.OfRows(values.Length), ["y"], [values]);
        var set = new TimeSeriesSet
        {
            // Two steps a season. In the training rows the errors are 1 and 3, mean 2; 8; and none.
            Series = [Series(0, 10, 1, 13, 99), Series(0, 0, 8, 8, -99), Series(5, 6, 5, 6, 7)],
            Inputs = ["y"],
            Targets = ["y"],
            SourceName = "test",
            Sha256 = string.Empty,
        };
        var config = new ForecasterConfig
        {
            Inputs = ["y"],
            Targets = ["y"],
            InputScalers = [new(0, 4)],
            TargetScalers = [new(0, 4)],
            Seasonality = 2,
        };
        ChronologicalSplit[] splits = [new(4, 5, 5), new(4, 5, 5), new(4, 5, 5)];
        using var weights = SeriesWeights.Of(set, splits, config, CPU);

        // Five rows each; the edges of the series among the origins.
        using Tensor origins = tensor(new long[] { 14, 0, 5, 9, 10, 4 });
        using Tensor of = weights.For(origins);
        Assert.Equal([6, 1, 1], of.shape);
        Assert.Equal([0.5f, 2, 0.5f, 0.5f, 0.5f, 2], of.data<float>().ToArray());
    }
}
