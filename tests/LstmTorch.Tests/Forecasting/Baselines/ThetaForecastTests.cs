using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class ThetaForecastTests
{
    /// <summary>Rows on a line: smoothing follows with α near 1 and lags half of nothing; the drift is half of the slope.</summary>
    [Fact]
    public void Forecast_OfALine_GoesOnWithHalfOfItsSlope()
    {
        double[] rows = [.. Enumerable.Range(0, 50).Select(t => 5 + (2.0 * t))], forecast = new double[3];
        ThetaForecast.Fit(rows, 1).Forecast(forecast);

        // The level is 103 up to (1 − α)/α of a step of 2, α = 0.9999; the drift is 1 a step.
        Assert.Equal(104, forecast[0], 1e-3);
        Assert.Equal(1, forecast[1] - forecast[0], 1e-9);
        Assert.Equal(1, forecast[2] - forecast[1], 1e-9);
    }

    /// <summary>The two theta lines of the method's authors, smoothed and averaged one by one, give what the closed form gives.</summary>
    [Fact]
    public void Forecast_WithoutSeason_IsTheMeanOfTheTwoThetaLines()
    {
        double[] rows = [12, 15, 11, 18, 16, 21, 17, 24, 22, 20, 27, 25];
        const int n = 12;
        double mean = rows.Average(), slope = rows.Select((y, t) => (t + 1 - 6.5) * y).Sum() / (n * ((n * n) - 1) / 12.0), start = mean - (slope * 6.5);
        double[] steep = [.. rows.Select((y, t) => (2 * y) - (start + (slope * (t + 1))))];
        ExponentialSmoothing plain = ExponentialSmoothing.Fit(rows);

        // The same α, and as ℓ_0 that of the rows twice less the line's first value: smoothing is linear.
        double level = FirstLevel(rows, plain);
        double steepLevel = (2 * level) - (start + slope);
        foreach (double y in steep)
            steepLevel += plain.Alpha * (y - steepLevel);

        double[] forecast = new double[4];
        ThetaForecast.Fit(rows, 1).Forecast(forecast);
        for (int k = 1; k <= 4; k++)
            Assert.Equal((0.5 * steepLevel) + (0.5 * (start + (slope * (n + k)))), forecast[k - 1], 1e-9);

        static double FirstLevel(double[] rows, ExponentialSmoothing smoothing)
        {
            double level = smoothing.Level;
            foreach (double y in rows.Reverse())
                level = (level - (smoothing.Alpha * y)) / (1 - smoothing.Alpha);
            return level;
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-3)]
    public void Forecast_OfASeasonWithoutTrend_RepeatsIt(double level)
    {
        double[] season = [level + 2, level - 2, level + 1, level - 1], forecast = new double[6];
        ThetaForecast.Fit([.. Enumerable.Range(0, 40).Select(t => season[t % 4])], 4).Forecast(forecast);
        Assert.All(forecast.Select((f, k) => f - season[k % 4]), error => Assert.Equal(0, error, 1e-9));
    }

    [Fact]
    public void Observe_ARow_MovesLevelAndTrendAsIfTheyHadKnownIt()
    {
        double[] rows = [3, 5, 4, 6, 8, 7, 9, 12, 10, 13];
        var theta = ThetaForecast.Fit(rows, 1);
        double alpha = ExponentialSmoothing.Fit(rows).Alpha, level = ExponentialSmoothing.Fit(rows).Level;
        theta.Observe(20);

        level += alpha * (20 - level);
        double[] all = [.. rows, 20], forecast = new double[1];
        double slope = all.Select((y, t) => (t - 5) * y).Sum() / 110;
        theta.Forecast(forecast);
        Assert.Equal(level + (slope / 2 * ((1 - Math.Pow(1 - alpha, 11)) / alpha)), forecast[0], 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Forecast_OfAFewRows_IsTheLastValue(int rows)
    {
        double[] forecast = new double[2];
        ThetaForecast.Fit(new double[] { 4, 9, 2 }.AsSpan(0, rows), 7).Forecast(forecast);
        Assert.Equal(Enumerable.Repeat(rows == 1 ? 4.0 : 2.0, 2), forecast);
    }
}
