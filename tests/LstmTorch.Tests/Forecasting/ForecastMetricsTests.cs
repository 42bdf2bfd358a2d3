using CsCheck;
using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public class ForecastMetricsTests
{
    // Errors −1, 2, 0, −5; computed by hand from the formulas.
    private static readonly double[] Actual = [2, 4, -5, 10];
    private static readonly double[] Forecast = [3, 2, -5, 15];

    [Fact]
    public void Of_FourPairs_EqualsTheFormulasByHand()
    {
        ForecastMetrics metrics = ForecastMetrics.Of(Actual, Forecast, inSampleSeasonalError: 4);

        // Sums of at most four exactly representable terms: only the last digits may differ.
        Assert.Equal(8.0 / 4, metrics.Mae!.Value, 1e-12);
        Assert.Equal(30.0 / 4, metrics.Mse!.Value, 1e-12);
        Assert.Equal(2.7386127875258306, metrics.Rmse!.Value, 1e-12);
        Assert.Equal(100 * (0.5 + 0.5 + 0 + 0.5) / 4, metrics.Mape!.Value, 1e-12);
        Assert.Equal(((200 * 1.0 / 5) + (200 * 2.0 / 6) + 0 + (200 * 5.0 / 25)) / 4, metrics.Smape!.Value, 1e-12);
        Assert.Equal(2.0 / 4, metrics.Mase!.Value, 1e-12);

        // Mean 2.75; squares 0.5625 + 1.5625 + 60.0625 + 52.5625 = 114.75.
        Assert.Equal(1 - (30 / 114.75), metrics.R2!.Value, 1e-12);
    }

    [Fact]
    public void Of_AnActualOfZero_HasNoMape()
    {
        ForecastMetrics metrics = ForecastMetrics.Of([0, 1], [1, 1], 1);
        Assert.Null(metrics.Mape);
        Assert.Equal(0.5, metrics.Mae);
        Assert.Equal(100, metrics.Smape);
    }

    [Fact]
    public void Of_ActualAndForecastBothZero_CountsAsZeroInSmape()
    {
        Assert.Equal(0, ForecastMetrics.Of([0, 0], [0, 0], 1).Smape);
        Assert.Null(ForecastMetrics.Of([0, 0], [0, 0], 1).Mape);
    }

    [Fact]
    public void Of_ConstantActuals_HaveNoR2() => Assert.Null(ForecastMetrics.Of([0.1, 0.1, 0.1], [0, 1, 2], 1).R2);

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    public void Of_NoInSampleError_HasNoMase(double? scale)
    {
        Assert.Null(ForecastMetrics.Of(Actual, Forecast, scale).Mase);
        Assert.Null(ForecastMetrics.Of(Actual, Actual, scale).Mase);
    }

    [Fact]
    public void Of_NoPairs_IsUndefined() => Assert.Equal(ForecastMetrics.Undefined, ForecastMetrics.Of([], [], 1));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Of_AForecastThatIsNotFinite_IsUndefined(double broken)
    {
        Assert.Equal(ForecastMetrics.Undefined, ForecastMetrics.Of([1, 2], [1, broken], 1));
        Assert.Equal(ForecastMetrics.Undefined, ForecastMetrics.Of([1, broken], [1, 2], 1));
    }

    [Fact]
    public void Of_ErrorsTooLargeToSquare_KeepsOnlyWhatIsFinite()
    {
        ForecastMetrics metrics = ForecastMetrics.Of([1e200, -1e200], [-1e200, 1e200], 1);
        Assert.Equal(2e200, metrics.Mae);
        Assert.Null(metrics.Mse);
        Assert.Null(metrics.Rmse);
        Assert.Null(metrics.R2);
        Assert.Equal(200, metrics.Smape);
    }

    [Fact]
    public void Of_DifferentLengths_Throws() =>
        Assert.Throws<ArgumentException>(() => ForecastMetrics.Of([1, 2], [1], 1));

    [Fact]
    public void Of_AnyPairs_KeepsTheBoundsOfEachMetric()
    {
        // Away from 0 so that mape exists, and small enough that nothing overflows.
        Gen<double> value = Gen.OneOf(Gen.Double[-1e6, -1e-3], Gen.Double[1e-3, 1e6]);
        Gen.Select(value, value).Array[2, 40].Sample(pairs =>
        {
            double[] actual = [.. pairs.Select(pair => pair.Item1)], forecast = [.. pairs.Select(pair => pair.Item2)];
            ForecastMetrics metrics = ForecastMetrics.Of(actual, forecast, 1);
            double rounding = 1 + 1e-12;
            Assert.InRange(metrics.Mae!.Value, 0, metrics.Rmse!.Value * rounding);
            Assert.InRange(metrics.Smape!.Value, 0, 200 * rounding);
            Assert.True(metrics.Mape >= 0);
            Assert.True(metrics.R2 is null or <= 1);
        });
    }

    [Fact]
    public void Mean_OfTwoTargets_AveragesEachMetricAndKeepsNull()
    {
        var first = new ForecastMetrics(1, 2, 4, null, 10, 0.5, 0.8);
        var second = new ForecastMetrics(3, 4, 16, 50, 30, 1.5, 0.6);
        ForecastMetrics mean = ForecastMetrics.Mean([first, second]);
        Assert.Equal(new ForecastMetrics(2, 3, 10, null, 20, 1, 0.7), mean with { R2 = Math.Round(mean.R2!.Value, 12) });
    }

    [Fact]
    public void Mean_OfOneTarget_IsItself()
    {
        ForecastMetrics metrics = ForecastMetrics.Of(Actual, Forecast, 4);
        Assert.Equal(metrics, ForecastMetrics.Mean([metrics]));
    }

    [Fact]
    public void Mean_OfNothing_IsUndefined() => Assert.Equal(ForecastMetrics.Undefined, ForecastMetrics.Mean([]));

    [Fact]
    public void InSampleSeasonalError_ComparesRowsThatAreOneSeasonApart()
    {
        Assert.Equal((1 + 3 + 6) / 3.0, ForecastMetrics.InSampleSeasonalError([1, 2, 5, -1], 1));
        Assert.Equal((4 + 3) / 2.0, ForecastMetrics.InSampleSeasonalError([1, 2, 5, -1], 2));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1000)]
    public void InSampleSeasonalError_SeriesWithoutAPair_IsNull(int seasonality) =>
        Assert.Null(ForecastMetrics.InSampleSeasonalError([1, 2, 5, -1], seasonality));

    [Fact]
    public void InSampleSeasonalError_OfSeveralSeries_PoolsPairsWithinEachSeries()
    {
        // Pairs 1→2, 2→5 in the first series, 100→90 in the second; 5→100 lies across the two and does not count.
        ReadOnlyMemory<double>[] series = [new double[] { 1, 2, 5 }, new double[] { 100, 90 }, new double[] { 7 }];
        Assert.Equal((1 + 3 + 10) / 3.0, ForecastMetrics.InSampleSeasonalError(series, 1));
    }

    [Fact]
    public void InSampleSeasonalError_SeasonalityBelowOne_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ForecastMetrics.InSampleSeasonalError([1, 2], 0));

    [Fact]
    public void InSampleSeasonalError_OfRowsThatAreNotKnown_PassesOverThem() =>
        Assert.Equal(3, ForecastMetrics.InSampleSeasonalError([1, 3, double.NaN, 5, 9], 1));
}
