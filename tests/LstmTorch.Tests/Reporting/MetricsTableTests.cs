using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class MetricsTableTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1.000")]
    [InlineData(-12.3456, "-12.35")]
    [InlineData(123456.7, "123457")]
    [InlineData(0.00123456, "0.001235")]
    [InlineData(0.0000123456, "1.235e-5")]
    [InlineData(12345678.9, "1.235e7")]
    public void Format_ANumber_HasFourDigits(double? number, string expected) =>
        Assert.Equal(expected, MetricsTable.Format(number));

    [Fact]
    public void Of_R2_TakesTheLargestForTheBest()
    {
        var metrics = ReportContents.Maes(1, 1, 2);
        string html = MetricsTable.Of(
            metrics with { Model = metrics.Model with { R2 = 0.5 }, Naive = metrics.Naive with { R2 = -2 } }, 7).Markup;

        Assert.Contains("<td><b>0.5000</b></td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>-2.000</td>", html, StringComparison.Ordinal);

        // Two that are equally good are both the best.
        Assert.Equal(2, html.Split("<td><b>1.000</b></td>").Length - 1);
    }
}
