using LstmTorch.Data;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class AutocorrelationTests
{
    /// <summary>By hand: deviations of 1, 2, 3, 4 are -1.5, -0.5, 0.5, 1.5, whose squares are 5 together.</summary>
    [Fact]
    public void Of_FourRows_IsTheTextbooksEstimate()
    {
        double[] correlations = Autocorrelation.Of([[1, 2, 3, 4]], 3);
        Assert.Equal([1, 1.25 / 5, -1.5 / 5, -2.25 / 5], correlations, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.25, -0.3, -0.45], correlations[1..].Select(correlation => Math.Round(correlation, 12)));
        Assert.Equal([0.0], Autocorrelation.Of([[7, 7, 7]], 1)[1..]);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(24)]
    [InlineData(5)]
    public void Strongest_OfAWaveOnASlope_IsItsPeriod(int period) =>
        Assert.Equal(period, Autocorrelation.Strongest([[.. Enumerable.Range(0, 300).Select(t => t + (20 * Math.Sin(2 * Math.PI * t / period)))]])!.Value.Lag);

    /// <summary>A season under a random walk is lost in the levels, and stands out in the differences.</summary>
    [Fact]
    public void Strongest_SeasonUnderARandomWalk_IsFound()
    {
        double[] noise = Noise(600), walk = new double[600];
        double level = 0;
        for (int t = 0; t < walk.Length; t++)
            walk[t] = (level += noise[t]) + (3 * Math.Sin(2 * Math.PI * t / 12));
        Assert.Equal(12, Autocorrelation.Strongest([walk])!.Value.Lag);
    }

    [Fact]
    public void Strongest_WithoutSeason_IsNone()
    {
        double[] noise = Noise(500);
        Assert.Null(Autocorrelation.Strongest([noise]));
        Assert.Null(Autocorrelation.Strongest([[.. Enumerable.Range(0, 100).Select(t => 3.0 * t)]]));
        Assert.Null(Autocorrelation.Strongest([[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]));
        Assert.Null(Autocorrelation.Strongest([[1]]));
        Assert.Null(Autocorrelation.Strongest([]));
    }

    [Fact]
    public void Strongest_MissingValues_AreNoObstacle()
    {
        double[] wave = [.. Enumerable.Range(0, 200).Select(t => t % 10 == 3 ? double.NaN : Math.Sin(2 * Math.PI * t / 9))];
        Assert.Equal(9, Autocorrelation.Strongest([wave])!.Value.Lag);
    }

    private static double[] Noise(int rows)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() - 0.5)];
    }
}
