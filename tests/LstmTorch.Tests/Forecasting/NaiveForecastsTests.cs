using CsCheck;
using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public class NaiveForecastsTests
{
    private static readonly double[] Series = [10, 11, 12, 13, 14, 15, 16];

    [Fact]
    public void LastValue_RepeatsTheOrigin()
    {
        double[] forecast = new double[3];
        NaiveForecasts.LastValue(Series, 2, forecast);
        Assert.Equal([12, 12, 12], forecast);
    }

    [Fact]
    public void Drift_GoesOnWithTheMeanStepSinceTheFirstRow()
    {
        double[] forecast = new double[3];
        NaiveForecasts.Drift([10, 40, 20, 16, 999], 3, forecast);
        Assert.Equal([18, 20, 22], forecast);
        NaiveForecasts.Drift([10, 999], 0, forecast);
        Assert.Equal([10, 10, 10], forecast);
    }

    [Theory]
    [InlineData(3, 3, 12)]
    [InlineData(3, 1, 13)]
    [InlineData(1, 7, 10.5)]
    public void SeasonMean_RepeatsTheMeanOfTheLastRows(int origin, int seasonality, double expected)
    {
        double[] forecast = new double[2];
        NaiveForecasts.SeasonMean(Series, origin, seasonality, forecast);
        Assert.Equal([expected, expected], forecast);
    }

    [Fact]
    public void SeasonalNaive_HorizonLongerThanTheSeason_RepeatsTheLastSeason()
    {
        double[] forecast = new double[7];
        NaiveForecasts.SeasonalNaive(Series, 4, 3, forecast);
        Assert.Equal([12, 13, 14, 12, 13, 14, 12], forecast);
    }

    [Fact]
    public void SeasonalNaive_HistoryShorterThanTheSeason_IsNaNWhereTheRowIsMissing()
    {
        double[] forecast = new double[6];
        NaiveForecasts.SeasonalNaive(Series, 1, 4, forecast);
        Assert.Equal([double.NaN, double.NaN, 10, 11, double.NaN, double.NaN], forecast);
    }

    [Fact]
    public void SeasonalNaive_SeasonalityOne_IsTheLastValue() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 30], Gen.Int[1, 20], Gen.Int[0, 29]).Sample((series, horizon, row) =>
        {
            int origin = row % series.Length;
            double[] lastValue = new double[horizon], seasonal = new double[horizon];
            NaiveForecasts.LastValue(series, origin, lastValue);
            NaiveForecasts.SeasonalNaive(series, origin, 1, seasonal);
            Assert.Equal(lastValue, seasonal);
        });

    [Fact]
    public void SeasonalNaive_SeriesOfThatSeason_IsExactWhateverFollowsTheOrigin() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 12], Gen.Int[0, 40], Gen.Int[1, 30]).Sample((season, extra, horizon) =>
        {
            int origin = season.Length - 1 + extra;
            double[] known = [.. Enumerable.Range(0, origin + 1).Select(t => season[t % season.Length])];
            double[] expected =
                [.. Enumerable.Range(origin + 1, horizon).Select(t => season[t % season.Length])];
            double[] forecast = new double[horizon];
            NaiveForecasts.SeasonalNaive([.. known, double.NaN, double.NaN], origin, season.Length, forecast);
            Assert.Equal(expected, forecast);
        });

    [Fact]
    public void SeasonalNaive_SeasonOfTheLargestSize_DoesNotOverflow()
    {
        double[] forecast = new double[2];
        NaiveForecasts.SeasonalNaive(Series, 6, int.MaxValue, forecast);
        Assert.Equal([double.NaN, double.NaN], forecast);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(7)]
    public void BothForecasts_OriginOutsideTheSeries_Throw(int origin)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NaiveForecasts.LastValue(Series, origin, new double[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NaiveForecasts.SeasonalNaive(Series, origin, 1, new double[1]));
    }

    [Fact]
    public void SeasonalNaive_SeasonalityBelowOne_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NaiveForecasts.SeasonalNaive(Series, 1, 0, new double[1]));
}
