using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class VerdictTests
{
    [Theory]
    [InlineData(2, 4, 8, true, "beats the best naive forecast (naive): its RMSE is 50.0 % lower.")]
    [InlineData(2, 8, 4, true, "beats the best naive forecast (seasonal naive): its RMSE is 50.0 % lower.")]
    [InlineData(9, 6, 7, false, "does NOT beat the naive forecast: its RMSE is 50.0 % higher.")]
    [InlineData(5, 8, 4, false, "does NOT beat the seasonal naive forecast: its RMSE is 25.0 % higher.")]
    [InlineData(4, 4, 8, false, "is exactly as good as the naive forecast: its RMSE is the same.")]
    [InlineData(1, 0, 1.05, false, "does NOT beat the naive forecast: its RMSE is higher than its 0.")]
    [InlineData(700, 2, 3, false, "does NOT beat the naive forecast: its RMSE is 350 times as high.")]
    [InlineData(2, 4, double.NaN, true, "beats the best naive forecast (naive): its RMSE is 50.0 % lower.")]
    [InlineData(2, double.NaN, 4, true, "beats the best naive forecast (seasonal naive): its RMSE is 50.0 % lower.")]
    [InlineData(1, 1.0001, 1.0001, true, "beats the best naive forecast (naive): its RMSE is under 0.1 % lower.")]
    [InlineData(1, double.NaN, double.NaN, false, "cannot be compared with a naive forecast.")]
    public void Of_OneTarget_HoldsTheModelAgainstTheBestNaiveForecast(double model, double naive, double seasonal, bool wins, string outcome)
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(model, naive, seasonal));
        Verdict verdict = Assert.Single(Verdict.Of(metrics));

        Assert.Equal($"y on the test part: the model {outcome}", verdict.Sentence);
        Assert.Equal(wins, verdict.Wins);
    }

    [Fact]
    public void Of_NoSeason_ComparesWithTheNaiveForecastAlone()
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(2, 4, 1)) with { Seasonality = 1 };
        Assert.Equal("y on the test part: the model beats the best naive forecast (naive): its RMSE is 50.0 % lower.", Assert.Single(Verdict.Of(metrics)).Sentence);
    }

    [Fact]
    public void Of_ErrorsThatDisagree_SaysBoth()
    {
        static ForecastMetrics Errors(double rmse, double mae) => ForecastMetrics.Undefined with { Rmse = rmse, Mae = mae };
        Verdict verdict = Verdict.Of("On the test part", new TargetMetrics(Errors(4, 3), Errors(5, 2), Errors(9, 9)), seasonality: 7);
        Assert.Equal(
            "On the test part the model beats the best naive forecast (naive): its RMSE is 20.0 % lower. " +
            "By mean absolute error it is the other way round: 50.0 % higher than that of the naive forecast.",
            verdict.Sentence);
        Assert.True(verdict.Wins);
    }

    [Fact]
    public void Of_AModelWithoutMetrics_DoesNotWin()
    {
        Verdict verdict = Assert.Single(Verdict.Of(ReportContents.Metrics(ReportContents.Maes(double.NaN, 1, 1))));
        Assert.False(verdict.Wins);
        Assert.Contains("not all values are numbers", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralTargets_JudgesEach()
    {
        PartMetrics test = PartMetrics.Of(
            9, "a", "b", [("good", ReportContents.Maes(1, 2, 3)), ("bad", ReportContents.Maes(900, 2, 3))]);
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(1, 2, 3)) with
        {
            Target = ["good", "bad"],
            Splits = new Dictionary<string, PartMetrics> { ["test"] = test },
        };

        IReadOnlyList<Verdict> verdicts = Verdict.Of(metrics);
        Assert.Equal([true, false], verdicts.Select(verdict => verdict.Wins));
        Assert.StartsWith("good on the test part: the model beats", verdicts[0].Sentence, StringComparison.Ordinal);
        Assert.StartsWith("bad on the test part: the model does NOT beat", verdicts[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoTestPart_SaysSo()
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(1, 2, 3)) with
        {
            Splits = new Dictionary<string, PartMetrics>(),
        };
        Verdict verdict = Assert.Single(Verdict.Of(metrics));
        Assert.False(verdict.Wins);
        Assert.Contains("no test part", verdict.Sentence, StringComparison.Ordinal);
    }
}
