using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class HeatMapTests
{
    [Fact]
    public void Render_Numbers_AreShadesOfTheLargest()
    {
        string svg = HeatMap.Render("a <map>", [("-1", "-2 to -1"), ("0", "0")], [("a&b", [-1, 4]), ("c", [0, double.NaN])], value => $"{value}").Markup;

        // 524 points for two columns, from 110 on; half as dark is a quarter. What is not finite is not drawn.
        Assert.Contains("""<rect class="cell below" x="110" y="0" width="262" height="21" fill-opacity="0.5"><title>a&amp;b, -2 to -1: -1</title>""", svg, StringComparison.Ordinal);
        Assert.Contains("""<rect class="cell" x="372" y="0" width="262" height="21" fill-opacity="1"><title>a&amp;b, 0: 4</title>""", svg, StringComparison.Ordinal);
        Assert.Contains(">-1</text>", svg, StringComparison.Ordinal);
        Assert.Equal(3, svg.Split("<rect").Length - 1);
        Assert.Contains("aria-label=\"a &lt;map&gt;\"", svg, StringComparison.Ordinal);
        Assert.Contains("viewBox=\"0 0 640 64\"", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Nothing_ButZeros_IsFinite() =>
        Assert.DoesNotContain("NaN", HeatMap.Render("zeros", [("0", "0")], [("a", [0])], value => $"{value}").Markup, StringComparison.Ordinal);
}
