using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class ThetaPathTests
{
    private static readonly double[] Series = [.. Enumerable.Range(0, 200).Select(t => 20 + (5 * Math.Sin(t * Math.Tau / 7)) + (0.1 * t) + (t * 7919 % 13 / 10.0))];

    [Fact]
    public void Forecast_FromAnyOrigin_DoesNotDependOnTheOnesBefore()
    {
        var ascending = new ThetaPath(7);
        double[] one = new double[5], other = new double[5];
        for (int origin = 0; origin < 190; origin++)
        {
            ascending.Forecast(Series, origin, one);
            new ThetaPath(7).Forecast(Series, origin, other);
            Assert.Equal(other, one);
        }

        ascending.Forecast(Series, 40, one);
        new ThetaPath(7).Forecast(Series, 40, other);
        Assert.Equal(other, one);
    }

    [Fact]
    public void Forecast_RowsAfterTheOrigin_ChangeNothing()
    {
        double[] changed = [.. Series.Select((y, t) => t > 100 ? -1e6 : y)], one = new double[5], other = new double[5];
        new ThetaPath(7).Forecast(Series, 100, one);
        new ThetaPath(7).Forecast(changed, 100, other);
        Assert.Equal(one, other);
    }

    /// <summary>Between two fits the season and α are older by a tenth of the rows at most, which costs little.</summary>
    [Fact]
    public void Forecast_BetweenTwoFits_IsNearThatOfAFreshFit()
    {
        double[] path = new double[5], fresh = new double[5];
        new ThetaPath(7).Forecast(Series, 197, path);
        ThetaForecast.Fit(Series.AsSpan(0, 198), 7).Forecast(fresh);
        Assert.All(path.Zip(fresh), pair => Assert.InRange(pair.First - pair.Second, -0.3, 0.3));
    }
}
