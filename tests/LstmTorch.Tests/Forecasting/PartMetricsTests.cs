using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public class PartMetricsTests
{
    private static readonly TargetMetrics Warm = new(Mae(1), Mae(2), Mae(3));
    private static readonly TargetMetrics Wet = new(Mae(3), Mae(6), Mae(9));

    [Fact]
    public void Of_TwoTargets_AveragesThemAndKeepsEachInOrder()
    {
        PartMetrics part = PartMetrics.Of(7, "a", "b", [("warm", Warm), ("wet", Wet)]);

        Assert.Equal((7, "a", "b"), (part.Windows, part.From, part.To));
        Assert.Equal(2, part.Model.Mae);
        Assert.Equal(4, part.Naive.Mae);
        Assert.Equal(6, part.SeasonalNaive.Mae);
        Assert.Equal(["warm", "wet"], part.Targets!.Keys);
        Assert.Same(Wet, part.Targets["wet"]);
    }

    [Fact]
    public void Of_OneTarget_IsThatTargetAlone()
    {
        PartMetrics part = PartMetrics.Of(7, "a", "b", [("warm", Warm)]);

        Assert.Equal(Warm, new TargetMetrics(part.Model, part.Naive, part.SeasonalNaive));
        Assert.Null(part.Targets);
    }

    private static ForecastMetrics Mae(double mae) => ForecastMetrics.Undefined with { Mae = mae };
}
