using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class ErrorFiguresTests
{
    [Fact]
    public void WorstWindows_ThatShareSteps_AreNamedOnce()
    {
        // Windows 4 and 5 share a step, 4 and 6 do not.
        PartForecasts part = SmallPart.Of((window, _) => window switch { 4 => 9, 5 => 8, 6 => 7, 0 => 2, _ => 1 });
        Assert.Equal([(4, 0), (6, 0), (0, 0)], ErrorFigures.WorstWindows(part, 3));
    }

    [Fact]
    public void WorstWindows_OfSeriesOfDifferentSizes_AreThoseThatAreUnusualForTheirs()
    {
        PartForecasts part = SmallPart.Of((window, _) => window == 3 ? 5 : window < 11 ? 1 : 1000, series: 2);
        Assert.Equal(11, Enumerable.Range(0, part.Windows.Count).Count(window => part.Windows[window].Series == 0));
        Assert.Equal((3, 0), ErrorFigures.WorstWindows(part, 1)[0]);
    }

    [Fact]
    public void Of_TwoSteps_ShowsTheWorstOriginAndItsResiduals()
    {
        PartForecasts part = SmallPart.Of((window, step) => window == 4 ? (step == 0 ? -3 : 1) : 0.5);
        string html = ErrorFigures.Of(part, SmallPart.Metrics(1))!.Body.Markup;

        // Row 33 is the fifth origin of the test part, rows 29 to 40; the residuals are 3 and −1.
        Assert.Contains("<tr><th scope=\"row\">32</th><td>2.000</td>\n<td>1.000</td>\n<td>3.000</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("best baseline, naive", html, StringComparison.Ordinal);
        Assert.Equal(3, html.Split("<svg ").Length - 1);
    }

    [Fact]
    public void Of_OneStep_ShowsTheValueBesideItsForecast()
    {
        PartForecasts part = SmallPart.Of((window, _) => window == 4 ? -3 : 0.5, horizon: 1);
        string html = ErrorFigures.Of(part, SmallPart.Metrics(1))!.Body.Markup;
        double actual = 5 + (32 % 4) + 3.2;
        Assert.Contains(FormattableString.Invariant($"<tr><th scope=\"row\">32</th><td>{actual:F3}</td>\n<td>{actual - 3:F3}</td>\n<td>3.000</td></tr>"), html, StringComparison.Ordinal);
        Assert.DoesNotContain("by steps ahead", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorsByStep_AreTheMeansOverTheWindows()
    {
        PartForecasts part = SmallPart.Of((window, step) => step == 0 ? (window % 2 == 0 ? 1 : -1) : 4);
        Assert.Equal([1.0, 4.0], part.ErrorsByStep(0, null).Select(error => Math.Round(error, 12)));
    }
}
