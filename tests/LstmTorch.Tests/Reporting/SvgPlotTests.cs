using System.Text.RegularExpressions;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class SvgPlotTests
{
    [Fact]
    public void Render_ALine_LiesBetweenTheAxes()
    {
        var plot = new SvgPlot("a <line>");
        plot.Line("model", [0, 1, 2], [0, 10, double.NaN]);
        plot.Line("actual", [0, 1, 2], [0, double.NaN, 10]);
        string svg = plot.Render().Markup;

        // 0 to 10 with a margin of 0.5 on 222 points of height; from 56 to 468 across. A gap begins a new line.
        Assert.Contains("""<path class="line model" d="M56 221.9L262 20.1"></path>""", svg, StringComparison.Ordinal);
        Assert.Contains("""<path class="line actual" d="M56 221.9M468 20.1"></path>""", svg, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"a &lt;line&gt;\"", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ALongLine_KeepsItsPeaksInFewPoints()
    {
        double[] y = new double[100_000];
        y[77_777] = 50;
        var plot = new SvgPlot("long");
        plot.Line("model", [.. Enumerable.Range(0, y.Length).Select(n => (double)n)], y);
        string svg = plot.Render().Markup;
        Assert.InRange(svg.Length, 1000, 20_000);
        Assert.Contains(" 20.1", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Nothing_IsNothing() => Assert.Equal(string.Empty, new SvgPlot("empty").Render().Markup);

    [Fact]
    public void Render_AFlatLine_HasAnAxis()
    {
        var plot = new SvgPlot("flat");
        plot.Line("model", [3, 3], [7, 7]);
        Assert.DoesNotContain("NaN", plot.Render().Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 10, "0 2 4 6 8 10")]
    [InlineData(-0.031, 0.052, "-0.02 0 0.02 0.04")]
    [InlineData(0, 61_000, "0 20k 40k 60k")]
    [InlineData(0, 2_300_000, "0 0.5M 1.0M 1.5M 2.0M")]
    [InlineData(0, 4e13, "0e0 1e13 2e13 3e13 4e13")]
    public void Numbers_OfARange_AreRound(double from, double to, string expected) =>
        Assert.Equal(expected, string.Join(' ', AxisTicks.Numbers(from, to, 5).Select(tick => tick.Label)));

    [Fact]
    public void Dates_OfAYear_AreFewAndRound()
    {
        var ticks = AxisTicks.Dates(new DateTime(2020, 1, 1).ToOADate(), new DateTime(2020, 12, 31).ToOADate()).ToList();
        Assert.InRange(ticks.Count, 2, 4);
        Assert.All(ticks, tick => Assert.Matches(new Regex("^2020-\\d\\d$"), tick.Label));
    }
}
