using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class ForecastFiguresTests
{
    [Fact]
    public void Of_SomeWindows_SpreadsThemOverThePart()
    {
        string html = ForecastFigures.Of(SmallPart.Of((_, _) => 2))!.Body.Markup;

        // Of 11 windows the second, fifth, seventh and tenth; the first origin is row 28.
        foreach (int origin in new[] { 29, 32, 34, 37 })
            Assert.Contains($"y, from {origin}: mean absolute error 2.000.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("intervals", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WindowsWithIntervals_DrawsEach()
    {
        PartForecasts part = SmallPart.Of((_, _) => 2);
        part = part with { Rows = [.. part.Rows.Select(row => row with { Intervals = [new ForecastInterval(0, 20), new ForecastInterval(4, 9)] })] };
        string html = ForecastFigures.Of(part)!.Body.Markup;
        Assert.Equal(8, html.Split("class=\"band model\"").Length - 1);
    }

    [Fact]
    public void Of_WindowsWithQuantiles_DrawsThemInPairs()
    {
        PartForecasts part = SmallPart.Of((_, _) => 2);
        part = part with { Rows = [.. part.Rows.Select(row => row with { Quantiles = [new(0.1, 1), new(0.25, 2), new(0.5, 5), new(0.75, 8), new(0.9, 9)] })] };
        string html = ForecastFigures.Of(part)!.Body.Markup;
        Assert.Equal(8, html.Split("class=\"band model\"").Length - 1);
        Assert.Contains("median and quantiles", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OneStep_IsLeftOut() => Assert.Null(ForecastFigures.Of(SmallPart.Of((_, _) => 2, horizon: 1)));
}
