using LstmTorch.Persistence;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class DataSectionTests
{
    [Fact]
    public void Of_ASeries_ShowsItsColumnsScalesAndParts()
    {
        PartForecasts part = SmallPart.Of((_, _) => 1);
        string html = DataSection.Of(part.Set, part.Config, new RunData("small.csv", "", 40, null, [new SeriesBorders("", 20, 28, 40, "29")])).Body.Markup;

        // 5 + t % 4 + t / 10: from 5 to 11.9, its mean 8.45; the training rows' largest is 9.9.
        Assert.Contains("<tr><th scope=\"row\">y</th><td>input, target</td>\n<td>5.000</td>\n<td>8.450</td>\n<td>11.90</td>\n<td>5.000</td>\n<td>4.900</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">all</th><td>20</td>\n<td>8</td>\n<td>12</td>\n<td>29</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<td>40 in 1 series</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>1 to 40</td>", html, StringComparison.Ordinal);
    }
}
