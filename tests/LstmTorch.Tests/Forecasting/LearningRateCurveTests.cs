using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class LearningRateCurveTests
{
    [Fact]
    public void Of_Losses_IsTheirWeightedMeanSoFar()
    {
        // Weights 0.1 · 0.9^k, divided by their sum: (0.09 · 2 + 0.1 · 1) / 0.19, and (0.081 · 2 + 0.09 · 1 + 0.1 · 4) / 0.271.
        LearningRateCurve curve = LearningRateCurve.Of([(1e-3, 2), (1e-2, 1), (1e-1, 4)]);

        Assert.Equal([1e-3, 1e-2, 1e-1], curve.Points.Select(point => point.LearningRate));
        Assert.Equal([2, 0.28 / 0.19, 0.652 / 0.271], curve.Points.Select(point => point.Loss), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]

    // Falls from 1e-5 to 1e-2: two thirds of three decades.
    [InlineData("4,5,3,2,1,7,9", 1e-3, 1e-2)]

    // A dip on the way is not the end of the fall, which is from 1e-6 to 1e-1 here: 1e-6 · 10^(5 · 2/3).
    [InlineData("9,7,7.5,6,5,4,8", 2.1544346900318843e-3, 1e-1)]

    // Nothing falls: the first rate.
    [InlineData("1,1,2,3,4,5,6", 1e-6, 1e-6)]
    public void Suggested_OfSomeLosses_LiesInTheirFall(string losses, double suggested, double lowest)
    {
        var curve = new LearningRateCurve([.. losses.Split(',').Select((loss, n) => new LearningRatePoint(Math.Pow(10, n - 6), double.Parse(loss, System.Globalization.CultureInfo.InvariantCulture)))]);

        Assert.Equal(suggested, curve.Suggested, 1e-9 * suggested);
        Assert.Equal(lowest, curve.Lowest.LearningRate, 1e-9);
    }
}
