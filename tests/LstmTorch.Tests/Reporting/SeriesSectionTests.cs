using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class SeriesSectionTests
{
    [Fact]
    public void Of_TwoSeries_NamesTheWorseFirst()
    {
        PartForecasts part = SmallPart.Of((window, _) => window < 11 ? 0 : 90, series: 2);
        string html = SeriesSection.Of(part)!.Body.Markup;
        Assert.Contains("beats the best baseline on 1 of 2 series.", html, StringComparison.Ordinal);
        Assert.True(html.IndexOf(">s1<", StringComparison.Ordinal) < html.IndexOf(">s0<", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_OneSeries_IsLeftOut() => Assert.Null(SeriesSection.Of(SmallPart.Of((_, _) => 1)));

    /// <summary>Each series by its own rows: the second one's errors of 90 are 90, and MASE is by its own seasonal differences of 4.</summary>
    [Fact]
    public void OfEachSeries_OfTwo_MeasuresEachAlone()
    {
        SeriesMetrics[] series = [.. SmallPart.Of((window, step) => window < 11 ? (step == 0 ? 1 : 3) : 90, series: 2).Series];
        Assert.Equal(["s0", "s1"], series.Select(each => each.Series));
        Assert.All(series, each => Assert.Equal(11, each.Windows));
        Assert.Equal(2, series[0].Mae!.Value, 1e-9);
        Assert.Equal(Math.Sqrt(5), series[0].Rmse!.Value, 1e-9);
        Assert.Equal(2 / 0.4, series[0].Mase!.Value, 1e-9);
        Assert.Equal(90, series[1].Mae!.Value, 1e-9);
        Assert.Equal(90 / 4.0, series[1].Mase!.Value, 1e-9);
        Assert.True(series[1].BestBaselineMae < 4.1);
    }
}
