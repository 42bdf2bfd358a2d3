using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public sealed class LearningRatePlotTests
{
    private static readonly PlotColors Light = PlotColors.Of(PlotTheme.Light);

    /// <summary>Two thirds of the way of a fall that is the whole curve, at the rates' logarithms.</summary>
    [Fact]
    public void ToPng_SuggestedRate_IsMarkedWhereItLies()
    {
        var pixels = new PlotPixels(LearningRatePlot.ToPng(Falling()));

        var (first, last) = pixels.Columns(Light.Actual);
        var (left, right) = pixels.Columns(Light.Forecast);
        Assert.Equal((1280, 720), (pixels.Width, pixels.Height));

        // The legend shows the colours too, left of the middle: the mark is the rightmost.
        Assert.Equal(first + ((last - first) * 2.0 / 3), right, 12.0);
        Assert.True(left <= right);
    }

    [Fact]
    public void ToSvg_Curve_IsADrawingWithItsTitles()
    {
        string svg = LearningRatePlot.ToSvg(Falling());

        Assert.Contains("<svg", svg, StringComparison.Ordinal);
        Assert.Contains("learning rate", svg, StringComparison.Ordinal);
    }

    private static LearningRateCurve Falling() => new([.. Enumerable.Range(0, 7).Select(n => new LearningRatePoint(Math.Pow(10, n - 6), 7 - n))]);
}
