using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public sealed class CalibrationPlotTests
{
    private static readonly PlotColors Light = PlotColors.Of(PlotTheme.Light);

    // Half of the values lie below each quantile.
    private static QuantileMetrics Flat { get; } = new(1, 2, 0.5, [new(0.1, 0.5, 1), new(0.5, 0.5, 1), new(0.9, 0.5, 1)], []);

    [Fact]
    public void Points_AreTheSharesOfEachQuantile() =>
        Assert.Equal([(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)], CalibrationPlot.Points(Flat));

    [Fact]
    public void ToPng_QuantilesThatHoldHalf_LieHalfWayUp()
    {
        var pixels = new PlotPixels(CalibrationPlot.ToPng(Flat));
        var (first, last) = pixels.Columns(Light.Naive);
        var (left, right) = pixels.Columns(Light.Forecast);

        Assert.Equal((1280, 720), (pixels.Width, pixels.Height));

        // The diagonal goes from corner to corner; the line of the quantiles begins and ends a tenth of the way within, marks of a few pixels aside.
        Assert.Equal(pixels.MeanRow(Light.Naive, first, last), pixels.MeanRow(Light.Forecast, left, right), 3.0);
        Assert.Equal(first + ((last - first) * 0.1), left, 16.0);
        Assert.Equal(first + ((last - first) * 0.9), right, 16.0);
    }

    [Fact]
    public void ToSvg_IsADrawingWithItsTitles() => Assert.Contains("values below it", CalibrationPlot.ToSvg(Flat), StringComparison.Ordinal);

    [Fact]
    public void Summary_SaysWhatEachHolds() => Assert.Equal(
        "quantiles 0.1, 0.5, 0.9 hold 50.0, 50.0, 50.0 % of the values below them; CRPS 2, pinball loss 1, WQL 0.5", QuantileSummary.Of(Flat));
}
