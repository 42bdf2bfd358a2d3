using LstmTorch.Data;
using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class LinearForecastTests
{
    private static readonly double[] Noise = [.. Enumerable.Range(0, 300).Select(t => (t * 7919 % 101 / 50.0) - 1)];

    /// <summary>y_t = y_{t−1} + 0.6·(y_{t−1} − y_{t−2}) exactly: one step ahead is a linear map of the window.</summary>
    [Fact]
    public void Fit_ARecurrenceOfTwoRows_FindsIt()
    {
        double[] rows = new double[120];
        (rows[0], rows[1]) = (5, 9);
        for (int t = 2; t < rows.Length; t++)
            rows[t] = t % 17 == 0 ? rows[t - 1] + 3 : rows[t - 1] + (0.6 * (rows[t - 1] - rows[t - 2]));
        double[] forecast = new double[1];
        LinearForecast.Fit(Set(rows), [120], "y", 2, 1)!.Forecast(rows, 0, 50, forecast);

        // The jumps every 17 rows are noise to it; by ordinary least squares over the 118 windows, without a ridge to speak of.
        double[] x = [.. Enumerable.Range(1, 118).Select(o => rows[o - 1] - rows[o])], y = [.. Enumerable.Range(1, 118).Select(o => rows[o + 1] - rows[o])];
        double slope = x.Zip(y, (a, b) => (a - x.Average()) * (b - y.Average())).Sum() / x.Sum(a => (a - x.Average()) * (a - x.Average()));
        double expected = rows[50] + y.Average() + (slope * (rows[49] - rows[50] - x.Average()));
        Assert.Equal(expected, forecast[0], 1e-3 * Math.Abs(expected));
    }

    [Fact]
    public void Forecast_OfANoisyLine_GoesOnWithItsSlope()
    {
        double[] rows = [.. Noise.Select((e, t) => (0.5 * t) + (0.01 * e))], forecast = new double[3];
        LinearForecast.Fit(Set(rows), [250], "y", 8, 3)!.Forecast(rows, 0, 280, forecast);
        Assert.All(forecast.Select((f, k) => f - (0.5 * (281 + k))), error => Assert.InRange(error, -0.05, 0.05));
    }

    /// <summary>The same series a thousand times as large: its forecast is a thousand times as large, and neither rules the fit.</summary>
    [Fact]
    public void Fit_SeriesOfDifferentSizes_CountAlike()
    {
        double[] small = [.. Noise.Select((e, t) => Math.Sin(t * 0.3) + (0.1 * e))], large = [.. small.Select(y => 7000 + (1000 * y))];
        double[] one = new double[4], other = new double[4], alone = new double[4];
        LinearForecast both = LinearForecast.Fit(Set(small, large), [300, 300], "y", 10, 4)!;
        both.Forecast(small, 0, 200, one);
        both.Forecast(large, 1, 200, other);
        LinearForecast.Fit(Set(small), [300], "y", 10, 4)!.Forecast(small, 0, 200, alone);
        Assert.All(one.Zip(other), pair => Assert.Equal(7000 + (1000 * pair.First), pair.Second, 1e-6));
        Assert.All(one.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Fit_RowsAfterTheTraining_ChangeNothing()
    {
        double[] changed = [.. Noise.Select((e, t) => t < 200 ? e : 1e6)], one = new double[2], other = new double[2];
        LinearForecast.Fit(Set(Noise), [200], "y", 5, 2)!.Forecast(Noise, 0, 150, one);
        LinearForecast.Fit(Set(changed), [200], "y", 5, 2)!.Forecast(Noise, 0, 150, other);
        Assert.Equal(one, other);
    }

    /// <summary>Nothing can be learned from noise, and the strongest ridge keeps the forecast near the last value's or the mean.</summary>
    [Fact]
    public void Fit_MoreStepsThanWindows_DoesNotBlowUp()
    {
        double[] rows = Noise[..40], forecast = new double[2];
        LinearForecast.Fit(Set(rows), [40], "y", 30, 2)!.Forecast(rows, 0, 35, forecast);
        Assert.All(forecast, f => Assert.InRange(f, -2, 2));
    }

    [Fact]
    public void Fit_AFlatSeries_ForecastsItsValue()
    {
        double[] rows = [.. Enumerable.Repeat(3.0, 50)], forecast = new double[2];
        Assert.Null(LinearForecast.Fit(Set(rows), [50], "y", 5, 2));
        double[] one = [.. Noise.Take(50)];
        LinearForecast.Fit(Set(rows, one), [50, 50], "y", 5, 2)!.Forecast(rows, 0, 30, forecast);
        Assert.Equal([3, 3], forecast);
    }

    [Fact]
    public void Fit_NoWindow_IsNull() => Assert.Null(LinearForecast.Fit(Set(Noise), [6], "y", 5, 2));

    internal static TimeSeriesSet Set(params double[][] series) => new()
    {
        Series = [.. series.Select((rows, n) => new TimeSeries($"s{n}", TimeAxis.OfRows(rows.Length), ["y"], [rows]))],
        Inputs = ["y"],
        Targets = ["y"],
        SourceName = "test",
        Sha256 = string.Empty,
    };
}
