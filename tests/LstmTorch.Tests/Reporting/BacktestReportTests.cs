using LstmTorch.Backtesting;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class BacktestReportTests
{
    [Fact]
    public void Render_TwoFolds_ShowsEachBesideItsBestBaseline()
    {
        FoldResult[] folds = [new(1, 1, Part(5, ReportContents.Maes(1, 2, 3))), new(2, 1, Part(5, ReportContents.Maes(9, 8, 4)))];
        PartForecasts some = SmallPart.Of((_, _) => 1);
        string html = BacktestReport.Render(
            some.Set,
            new RunOptions(),
            new BacktestOptions { Folds = 2 },
            new BacktestResult(folds, Part(10, ReportContents.Maes(5, 5.5, 3.5)), some.Rows)
            {
                Windows = LstmTorch.Data.WindowIndex.AtEnd([1], 1),
                Forecasts = [],
                Baselines = new Dictionary<Baseline, double[]>(),
                Seasonality = 1,
            },
            seasonality: 7);

        Assert.Contains("y on this data: the model does not beat the best baseline, seasonal naive (7).", html, StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">1</th><td>a</td>\n<td>b</td>\n<td>5</td>\n<td>1.000</td>\n<td>–</td>\n<td>naive</td>\n<td>2.000</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<td>9.000</td>\n<td>–</td>\n<td>seasonal naive (7)</td>\n<td>4.000</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("best over all folds, seasonal naive (7)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("//", html, StringComparison.Ordinal);
    }

    private static PartMetrics Part(int windows, TargetMetrics metrics) => PartMetrics.Of(windows, "a", "b", [("y", metrics)]);
}
