using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class ExponentialSmoothingTests
{
    [Fact]
    public void Fit_SomeRows_HasTheLeastSquaresOfAllLevelsAndAlphas()
    {
        double[] rows = [10, 12, 9, 11, 15, 14, 16, 13, 17, 18];
        ExponentialSmoothing found = ExponentialSmoothing.Fit(rows);

        // A search over both parameters in small steps.
        var (alpha, level, least) = (0.0, 0.0, double.PositiveInfinity);
        for (double a = 0.001; a < 1; a += 0.001)
        {
            for (double start = 5; start < 20; start += 0.01)
            {
                double l = start, squares = 0;
                foreach (double y in rows)
                {
                    squares += (y - l) * (y - l);
                    l += a * (y - l);
                }

                if (squares < least)
                    (alpha, level, least) = (a, l, squares);
            }
        }

        Assert.Equal(alpha, found.Alpha, 0.002);
        Assert.Equal(level, found.Level, 0.02);
    }

    [Fact]
    public void Fit_AFlatSeries_StaysThere() => Assert.Equal(7, ExponentialSmoothing.Fit([7, 7, 7, 7]).Level);
}
