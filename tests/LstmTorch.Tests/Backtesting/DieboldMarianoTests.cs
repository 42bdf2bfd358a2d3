using LstmTorch.Backtesting;
using Xunit;

namespace LstmTorch.Tests.Backtesting;

public sealed class DieboldMarianoTests
{
    /// <summary>
    /// By hand, of differences 1, 2, 3, 4: mean 2.5, autocovariances 1.25 and 0.3125. One step: 2.5/√(1.25/4) · √(3/4) = √15.
    /// Two: 2.5/√(1.875/4) · √(1.5/4) = √5. The chances are Student's with three degrees.
    /// </summary>
    [Theory]
    [InlineData(1, 15, 0.030466)]
    [InlineData(2, 5, 0.111368)]
    public void Of_FourLosses_IsWhatTheFormulasGive(int horizon, double square, double chance)
    {
        DieboldMariano test = DieboldMariano.Of([2, 4, 6, 8], [1, 2, 3, 4], horizon);

        Assert.Equal(2.5, test.Difference, 1e-12);
        Assert.Equal(Math.Sqrt(square), test.Statistic!.Value, 1e-12);
        Assert.Equal(chance, test.PValue!.Value, 1e-5);
        DieboldMariano other = DieboldMariano.Of([1, 2, 3, 4], [2, 4, 6, 8], horizon);
        Assert.Equal((-2.5, -test.Statistic, test.PValue), (other.Difference, other.Statistic, other.PValue));
    }

    /// <summary>Autocovariances 4 and -3: their sum would be a variance of -2.</summary>
    [Fact]
    public void Of_LossesThatAlternate_FallsBackToOneStep() =>
        Assert.Equal(DieboldMariano.Of([3, 0, 3, 0], [0, 1, 0, 1], 1), DieboldMariano.Of([3, 0, 3, 0], [0, 1, 0, 1], 2));

    [Fact]
    public void Of_EqualLosses_HasNoStatistic()
    {
        Assert.Equal(new DieboldMariano(0, null, null), DieboldMariano.Of([1, 2, 3], [1, 2, 3], 2));
        Assert.Equal(new DieboldMariano(0, null, null), DieboldMariano.Of([], [], 1));
        Assert.Throws<ArgumentException>(() => DieboldMariano.Of([1], [], 1));
    }

    /// <summary>Of pairs that differ by chance alone, one in twenty lies below 5 %, with windows that overlap too.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_ManyEqualPairs_IsRightAboutChance(int horizon)
    {
        var random = new Random(11);
        int trials = 2000, below = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            double[] noise = [.. Enumerable.Range(0, 100 + horizon).Select(_ => random.NextDouble() - random.NextDouble())];
            double[] first = [.. Enumerable.Range(0, 100).Select(t => noise.Skip(t).Take(horizon).Average())];
            below += DieboldMariano.Of(first, new double[100], horizon).PValue < 0.05 ? 1 : 0;
        }

        // 100 of 2000, and three standard deviations of 10; the test is known to be a little generous with overlaps.
        Assert.InRange(below, 70, horizon == 1 ? 130 : 190);
    }
}
