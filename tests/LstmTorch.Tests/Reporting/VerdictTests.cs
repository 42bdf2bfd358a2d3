using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class VerdictTests
{
    private const string Both = "the naive and the seasonal naive forecast";

    [Theory]
    [InlineData(2, 4, 8, true, "beats " + Both, "2.000 against 4.000 (50 % less) and 8.000 (75 % less)")]
    [InlineData(9, 6, 6, false, "loses to " + Both, "9.000 against 6.000 (50 % more) and 6.000 (50 % more)")]
    [InlineData(
        5, 4, 8, false,
        "loses to the naive forecast, but beats the seasonal naive forecast",
        "5.000 against 4.000 (25 % more) and 8.000 (38 % less)")]
    [InlineData(
        4, 4, 8, false,
        "is exactly as good as the naive forecast, but beats the seasonal naive forecast",
        "4.000 against 4.000 and 8.000 (50 % less)")]
    [InlineData(
        1, 0, 1.05, false,
        "loses to the naive forecast, but beats the seasonal naive forecast",
        "1.000 against 0 and 1.050 (4.8 % less)")]
    [InlineData(
        2, 4, double.NaN, true,
        "beats the naive forecast, but cannot be compared with the seasonal naive forecast",
        "2.000 against 4.000 (50 % less) and an unknown one")]
    [InlineData(
        1, 1.0001, 1.0001, true, "beats " + Both,
        "1.000 against 1.000 (under 0.1 % less) and 1.000 (under 0.1 % less)")]
    public void Of_OneTarget_SaysWhichForecastsTheModelBeats(
        double model, double naive, double seasonal, bool wins, string comparison, string errors)
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(model, naive, seasonal));
        Verdict verdict = Assert.Single(Verdict.Of(metrics));

        string advice = wins ? "" : " A forecast that needs no model does as well or better.";
        Assert.Equal(
            $"y on the test part: the model {comparison}. Its mean absolute error is {errors}, in original units.{advice}",
            verdict.Sentence);
        Assert.Equal(wins, verdict.Wins);
    }

    [Theory]
    [InlineData(2, 4, true, false, "")]
    [InlineData(2, 1, false, true, " By its root mean squared error, 2.000 against 1.000 (100 % more), it loses to the naive forecast. The two measures disagree: the second one counts large errors more.")]
    public void Of_RootMeanSquaredErrors_AreToldWhereTheyDisagree(double model, double naive, bool wins, bool loses, string words)
    {
        TargetMetrics maes = ReportContents.Maes(1, 3, 3);
        var both = new TargetMetrics(maes.Model with { Rmse = model }, maes.Naive with { Rmse = naive }, maes.SeasonalNaive);
        Verdict verdict = Assert.Single(Verdict.Of(ReportContents.Metrics(both) with { Seasonality = 1 }));

        Assert.Equal(
            "y on the test part: the model beats the naive forecast. Its mean absolute error is 1.000 against 3.000 (67 % less), in original units." + words,
            verdict.Sentence);
        Assert.Equal((wins, loses), (verdict.Wins, verdict.Loses));
    }

    [Theory]
    [InlineData(2, 1, "2.000 against 1.000 (100 % more)")]
    [InlineData(12, 1, "12.00 against 1.000 (12.00 times that)")]
    [InlineData(1e300, 1e-7, "1e300 against 1e-7 (1e307 times that)")]
    [InlineData(1e300, 1e-20, "1e300 against 1e-20 (far more)")]
    public void Of_ALargeDifference_IsToldInFewLetters(double model, double naive, string errors)
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(model, naive, naive)) with { Seasonality = 1 };
        Assert.Contains($"error is {errors}, in", Assert.Single(Verdict.Of(metrics)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ManyTargets_CountsThem()
    {
        PartMetrics test = PartMetrics.Of(
            9, "a", "b", [.. Enumerable.Range(0, 9).Select(target => ($"t{target}", ReportContents.Maes(target < 2 ? 5 : 1, 2, 3)))]);
        Verdict verdict = Assert.Single(Verdict.Of(new Dictionary<string, PartMetrics> { ["test"] = test }, [.. test.Targets!.Keys], 7));

        Assert.Equal(
            "On the test part the model beats the naive forecasts of 7 of 9 targets, by mean absolute and by root mean squared error; 2 are forecast as well or better without a model.",
            verdict.Sentence);
        Assert.Equal((false, true), (verdict.Wins, verdict.Loses));
    }

    [Fact]
    public void Of_OtherData_NamesNoPart()
    {
        var parts = new Dictionary<string, PartMetrics> { ["all"] = PartMetrics.Of(9, "a", "b", [("y", ReportContents.Maes(1, 2, 3))]) };
        Assert.StartsWith("y on this data: the model beats", Assert.Single(Verdict.Of(parts, ["y"], 7)).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, WindowNormalization.None, false)]
    [InlineData(5, WindowNormalization.None, true)]
    [InlineData(5, WindowNormalization.Last, false)]
    public void Advice_IsGivenWhereTheModelLosesWithoutNormalization(double model, WindowNormalization normalize, bool given)
    {
        IReadOnlyList<Verdict> verdicts = Verdict.Of(ReportContents.Metrics(ReportContents.Maes(model, 2, 3)));
        Assert.Equal(given, Verdict.Advice(verdicts, normalize) is not null);
    }

    [Fact]
    public void Of_NoSeason_ComparesWithTheNaiveForecastAlone()
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(2, 4, 4)) with { Seasonality = 1 };
        Assert.Equal(
            "y on the test part: the model beats the naive forecast. Its mean absolute error is 2.000 against 4.000 " +
            "(50 % less), in original units.",
            Assert.Single(Verdict.Of(metrics)).Sentence);
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
        Assert.StartsWith("bad on the test part: the model loses", verdicts[1].Sentence, StringComparison.Ordinal);
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
