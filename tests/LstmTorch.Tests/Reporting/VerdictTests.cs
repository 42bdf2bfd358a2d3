using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class VerdictTests
{
    [Theory]
    [InlineData(2, 4, 8, true, "beats every baseline", "2.000 against 4.000 of the best of them, naive (50 % less)", "")]
    [InlineData(2, 8, 4, true, "beats every baseline", "2.000 against 4.000 of the best of them, seasonal naive (7) (50 % less)", "")]
    [InlineData(9, 6, 6, false, "does not beat the best baseline, naive", "9.000 against 6.000 (50 % more)", " It beats none of the 2 baselines.")]
    [InlineData(5, 4, 8, false, "does not beat the best baseline, naive", "5.000 against 4.000 (25 % more)", " It beats 1 of the 2 baselines.")]
    [InlineData(4, 4, 8, false, "is only as good as the best baseline, naive", "4.000 against 4.000", " It beats 1 of the 2 baselines.")]
    [InlineData(1, 0, 1.05, false, "does not beat the best baseline, naive", "1.000 against 0", " It beats 1 of the 2 baselines.")]
    [InlineData(2, 4, double.NaN, true, "beats every baseline", "2.000 against 4.000 of the best of them, naive (50 % less)", "")]
    [InlineData(1, 1.0001, 1.0001, true, "beats every baseline", "1.000 against 1.000 of the best of them, naive (under 0.1 % less)", "")]
    public void Of_OneTarget_HoldsTheModelAgainstTheBestBaseline(
        double model, double naive, double seasonal, bool wins, string comparison, string errors, string rank)
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(model, naive, seasonal));
        Verdict verdict = Assert.Single(Verdict.Of(metrics));

        Assert.Equal($"y on the test part: the model {comparison}. Its mean absolute error is {errors}, in original units.{rank}", verdict.Sentence);
        Assert.Equal((wins, !wins), (verdict.Wins, verdict.Loses));
    }

    [Fact]
    public void Of_OneTarget_LooksAtEveryBaseline()
    {
        TargetMetrics maes = ReportContents.Maes(3, 4, 8);
        foreach (TargetMetrics with in new[] { maes with { Drift = Mae(2) }, maes with { SeasonMean = Mae(2) }, maes with { Theta = Mae(2) }, maes with { Linear = Mae(2) } })
            Assert.True(Assert.Single(Verdict.Of(ReportContents.Metrics(with))).Loses);
        Assert.Contains(
            "does not beat the best baseline, linear. Its mean absolute error is 3.000 against 2.000 (50 % more), in original units. It beats 2 of the 3 baselines.",
            Assert.Single(Verdict.Of(ReportContents.Metrics(maes with { Linear = Mae(2) }))).Sentence,
            StringComparison.Ordinal);

        static ForecastMetrics Mae(double mae) => ForecastMetrics.Undefined with { Mae = mae };
    }

    [Theory]
    [InlineData(2, 4, true, false, "")]
    [InlineData(2, 1, false, true, " By its root mean squared error, 2.000 against 1.000 (100 % more), it does not beat the best baseline, naive. The two measures disagree: the second one counts large errors more.")]
    public void Of_RootMeanSquaredErrors_AreToldWhereTheyDisagree(double model, double naive, bool wins, bool loses, string words)
    {
        TargetMetrics maes = ReportContents.Maes(1, 3, 3);
        var both = new TargetMetrics(maes.Model with { Rmse = model }, maes.Naive with { Rmse = naive }, maes.SeasonalNaive);
        Verdict verdict = Assert.Single(Verdict.Of(ReportContents.Metrics(both) with { Seasonality = 1 }));

        Assert.Equal(
            "y on the test part: the model beats every baseline. Its mean absolute error is 1.000 against 3.000 of the best of them, naive (67 % less), in original units." + words,
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
            "On the test part the model beats every baseline for 7 of 9 targets, by mean absolute and by root mean squared error; for 2 a baseline does as well or better.",
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
    public void Of_NoSeason_CountsTheNaiveForecastOnce()
    {
        RunMetrics metrics = ReportContents.Metrics(ReportContents.Maes(5, 4, 4)) with { Seasonality = 1 };
        Assert.EndsWith(" It beats none of the 1 baselines.", Assert.Single(Verdict.Of(metrics)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoBaseline_IsNeitherWonNorLost()
    {
        Verdict verdict = Assert.Single(Verdict.Of(ReportContents.Metrics(ReportContents.Maes(5, double.NaN, double.NaN))));
        Assert.StartsWith("y on the test part: the model cannot be compared with any baseline. Its mean absolute error is 5.000, in", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal((false, false), (verdict.Wins, verdict.Loses));
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
        Assert.StartsWith("bad on the test part: the model does not beat", verdicts[1].Sentence, StringComparison.Ordinal);
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
