using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class QuantileSectionTests
{
    [Fact]
    public void Of_SomeQuantiles_ShowsEachBesideWhatItHolds()
    {
        var metrics = new QuantileMetrics(1, 2, 0.5, [new(0.1, 0.123, 1.5), new(0.975, 0.5, 2)], []);
        string html = QuantileSection.Of(metrics, new ReportPicture("calibration", [1, 2, 3])).Body.Markup;
        Assert.Contains("<tr><th scope=\"row\">0.1</th><td>12.3 %</td>\n<td>1.500</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">0.975</th><td>50.0 %</td>", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"calibration\"", html, StringComparison.Ordinal);
    }
}
