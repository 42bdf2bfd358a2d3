using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public class TargetMetricsTests
{
    private static readonly TargetMetrics All = TargetMetrics.Of(Mae(9), baseline => Mae(10 - (int)baseline));

    [Fact]
    public void Of_EachBaseline_GivesItBack() =>
        Assert.All(Enum.GetValues<Baseline>(), baseline => Assert.Equal(10 - (int)baseline, All.Of(baseline)!.Mae));

    [Fact]
    public void Baselines_WithoutSeason_LeaveOutTheTwoThatNeedOne()
    {
        Assert.Equal(Enum.GetValues<Baseline>(), All.Baselines(7).Select(each => each.Baseline));
        Assert.Equal([Baseline.Naive, Baseline.Drift, Baseline.Theta, Baseline.Linear], All.Baselines(1).Select(each => each.Baseline));
        Assert.Equal([Baseline.Naive, Baseline.SeasonalNaive], new TargetMetrics(Mae(1), Mae(2), Mae(3)).Baselines(7).Select(each => each.Baseline));
    }

    [Fact]
    public void Best_IsTheOneWithTheLeastKnownError()
    {
        Assert.Equal((Baseline.Linear, 5.0), All.Best(metrics => metrics.Mae, 7));
        Assert.Equal((Baseline.Theta, 6.0), (All with { Linear = ForecastMetrics.Undefined }).Best(metrics => metrics.Mae, 7));
        Assert.Null(All.Best(metrics => metrics.Rmse, 7));

        // Of two that are equal, the simpler one.
        Assert.Equal(Baseline.Naive, (All with { Naive = Mae(5) }).Best(metrics => metrics.Mae, 7)!.Value.Baseline);
    }

    [Fact]
    public void Mean_OfTwoTargets_LacksWhatOneOfThemLacks()
    {
        var mean = TargetMetrics.Mean([All, All with { Theta = null, Drift = Mae(2) }]);
        Assert.Equal(9, mean.Model.Mae);
        Assert.Equal(5, mean.Drift!.Mae);
        Assert.Null(mean.Theta);
    }

    private static ForecastMetrics Mae(double mae) => ForecastMetrics.Undefined with { Mae = mae };
}
