using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class BarTableTests
{
    [Fact]
    public void Of_NumbersOfBothSigns_HasBarsFromZero()
    {
        string html = BarTable.Of(["Input", "Rise", "±"], [("a<b", 3, 1, ["3"]), ("c", -1, 0, ["-1"])]).Markup;

        // From −1 to 4 on 200 points: 0 lies at 40, 3 at 160, and one deviation more at 200.
        Assert.Contains("""<rect class="cell" x="40" y="1" width="120" height="10"></rect><line class="spread" x1="120" y1="6" x2="200" y2="6">""", html, StringComparison.Ordinal);
        Assert.Contains("""<rect class="cell below" x="0" y="1" width="40" height="10"></rect></svg>""", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">a&lt;b</th>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NothingButZeros_IsFinite() =>
        Assert.DoesNotContain("NaN", BarTable.Of(["Input", "Rise"], [("a", 0, 0, [])]).Markup, StringComparison.Ordinal);
}
