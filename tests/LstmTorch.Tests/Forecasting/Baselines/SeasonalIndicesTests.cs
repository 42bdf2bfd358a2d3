using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class SeasonalIndicesTests
{
    /// <summary>A line times a season: the centred average finds the line exactly, because the season averages to nothing on it.</summary>
    [Fact]
    public void Of_AFlatLevelTimesASeason_FindsTheRatios()
    {
        double[] ratios = [0.5, 1.25, 1.25, 1];
        SeasonalIndices indices = SeasonalIndices.Of([.. Enumerable.Range(0, 24).Select(t => 8 * ratios[t % 4])], 4);
        for (int row = 0; row < 8; row++)
        {
            Assert.Equal(8, indices.Remove(8 * ratios[row % 4], row), 1e-12);
            Assert.Equal(8 * ratios[row % 4], indices.Restore(8, row), 1e-12);
        }
    }

    [Fact]
    public void Of_ALinePlusASeasonBelowZero_FindsTheDifferences()
    {
        double[] season = [3, -1, -2];
        SeasonalIndices indices = SeasonalIndices.Of([.. Enumerable.Range(0, 30).Select(t => -40 + (0.1 * t) + season[t % 3])], 3);
        Assert.Equal([3, -1, -2], Enumerable.Range(0, 3).Select(row => Math.Round(indices.Restore(0, row), 9)));
    }

    /// <summary>Values that touch zero make a ratio that would blow up what is divided by it.</summary>
    [Fact]
    public void Of_APositiveSeasonThatTouchesZero_IsDifferences()
    {
        double[] season = [0.001, 10, 20, 10];
        SeasonalIndices indices = SeasonalIndices.Of([.. Enumerable.Range(0, 40).Select(t => season[t % 4])], 4);
        Assert.Equal(season[0] - season.Average(), indices.Restore(0, 0), 1e-9);
    }

    /// <summary>r_1 = 0, r_2 = −0.9, r_3 = 0, r_4 = 0.8 of ten rows (1, 1, −1, −1, …): by hand, limit 1.645·√((1 + 2·r_2² …)/n).</summary>
    [Theory]
    [InlineData(4, 20, true)]
    [InlineData(4, 11, false)]
    [InlineData(1, 20, false)]
    public void IsSeasonal_ASquareWave_NeedsThreeSeasons(int seasonality, int rows, bool expected)
    {
        double[] wave = [.. Enumerable.Range(0, rows).Select(t => t % 4 < 2 ? 1.0 : -1.0)];
        Assert.Equal(expected, SeasonalIndices.IsSeasonal(wave, seasonality));
    }

    [Fact]
    public void IsSeasonal_AFlatSeries_IsFalse() => Assert.False(SeasonalIndices.IsSeasonal(new double[40], 4));

    [Fact]
    public void IsSeasonal_ATrend_IsNoSeasonThroughItsOwnCorrelation()
    {
        // Every lag of a line is correlated, which widens the limit: 0.84 at lag 7 of 60 rows lies under it.
        double[] line = [.. Enumerable.Range(0, 60).Select(t => (double)t)];
        double[] deviations = [.. line.Select(y => y - 29.5)];
        double variance = deviations.Sum(d => d * d);
        double R(int lag) => Enumerable.Range(0, 60 - lag).Sum(t => deviations[t] * deviations[t + lag]) / variance;
        double limit = 1.645 * Math.Sqrt((1 + (2 * Enumerable.Range(1, 6).Sum(lag => R(lag) * R(lag)))) / 60);
        Assert.Equal(R(7) > limit, SeasonalIndices.IsSeasonal(line, 7));
    }
}
