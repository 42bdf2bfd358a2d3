using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Explaining;

public sealed class ExplainedWindowsTests
{
    private static readonly double[] s_x = [1, 2, 3, 4, 50, 60], s_y = [10, 14, 18, 10, 90, 70];

    [Fact]
    public void Baseline_Mean_IsThatOfTheTrainingRowsOnTheScaleOfTheNetwork()
    {
        var windows = new ExplainedWindows(LinearModel.Set(s_x, s_y), LinearModel.Config, [new(0, 2), new(0, 4)]);

        // Of the first four rows x is 2.5 and y is 13, less 1 and by 2, less 10 and by 4.
        Assert.Equal([0.75f, 0.75f, 0.75f, 0.75f], windows.Baseline(AttributionBaseline.Mean, [new(4, 5, 6)]));
        Assert.Equal([19 / 2f, (float)((212 / 6.0) - 10) / 4], windows.Baseline(AttributionBaseline.Mean, null)[..2], (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Baseline_Mean_LeavesFilledValuesOut()
    {
        var series = new TimeSeries(string.Empty, TimeAxis.OfRows(6), ["x", "y"], [s_x, s_y], [[false, false, true, true, false, false], null]);
        TimeSeriesSet set = LinearModel.Set(s_x, s_y) with { Series = [series], MissingFilled = 2 };
        Assert.Equal(0.25f, new ExplainedWindows(set, LinearModel.Config, [new(0, 2)]).Baseline(AttributionBaseline.Mean, [new(4, 5, 6)])[0]);
    }

    [Fact]
    public void Baseline_Last_IsTheRowOfTheOrigin()
    {
        var windows = new ExplainedWindows(LinearModel.Set(s_x, s_y), LinearModel.Config, [new(0, 2), new(0, 4)]);
        Assert.Equal([1f, 2, 24.5f, 20], windows.Baseline(AttributionBaseline.Last, null));
        Assert.Equal([0f, 0, 0.5f, 1, 1, 2], windows.Contexts[..6]);
    }

    /// <summary>A series that the model has not seen is scaled by its rows up to the origin, as a forecast of it is.</summary>
    [Fact]
    public void Contexts_SeriesWithScalesOfTheirOwn_AreOnThem()
    {
        ForecasterConfig config = LinearModel.Config with { Scaler = ScalerKind.MinMax, SeriesScales = [new("seen", [new(0, 1), new(0, 2)], [new(0, 2)])] };
        TimeSeriesSet set = LinearModel.Set(s_x, s_y) with
        {
            Series = [.. new[] { "seen", "new" }.Select(id => new TimeSeries(id, TimeAxis.OfRows(6), ["x", "y"], [s_x, s_y]))],
        };
        var windows = new ExplainedWindows(set, config, [new(0, 3), new(1, 3)]);
        Assert.Equal([2f, 7, 3, 9, 4, 5], windows.Contexts[..6]);
        Assert.Equal([1 / 3f, 0.5f, 2 / 3f, 1, 1, 0], windows.Contexts[6..]);
        Assert.Equal([new(0, 2), new(10, 8)], windows.TargetScalers.Select(scalers => scalers[0]));
    }

    [Fact]
    public void Known_BeyondWhatIsGiven_IsAnErrorThatNamesColumnAndRow()
    {
        ForecasterConfig config = LinearModel.Config with { FutureCovariates = ["x"], Horizon = 2 };
        Assert.Equal([1.5f, 24.5f], new ExplainedWindows(LinearModel.Set(s_x, s_y), config, [new(0, 2)]).Known);
        var error = Assert.Throws<LstmTorchException>(() => new ExplainedWindows(LinearModel.Set(s_x, s_y), config, [new(0, 4)]));
        Assert.Equal("linear.csv: column 'x' has no value at 7; the model takes it as known in advance", error.Message);
    }
}
