using LstmTorch.Reporting;
using SkiaSharp;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class PlotFontTests
{
    [Theory]
    [InlineData("temp_max (original units)")]
    [InlineData("Größe, Δθ, цена, €/m², °C, –")]
    public void For_TextOfTheAlphabetsItCarries_IsTheCarriedFont(string text)
    {
        Assert.Equal(PlotFont.Name, PlotFont.For(text));
        SKTypeface typeface = ScottPlot.Fonts.GetTypeface(PlotFont.Name, bold: false, italic: false);
        Assert.Equal("DejaVu Sans", typeface.FamilyName);
        Assert.True(typeface.ContainsGlyphs(text));
    }

    [Fact]
    public void For_ALetterThatNoFontHas_StillNamesAFont() => Assert.NotEmpty(PlotFont.For("\uE123"));
}
