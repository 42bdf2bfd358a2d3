using LstmTorch.Data;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Data;

public sealed class ScaledDataTests
{
    private static readonly ForecasterConfig s_config = new()
    {
        Inputs = ["b", "a"],
        Targets = ["a"],
        ContextLength = 2,
        Horizon = 2,
        InputScalers = [new(0, 10), new(1, 2)],
        TargetScalers = [new(0, 4)],
    };

    [Fact]
    public void Contexts_AndFutures_AreTheScaledRowsOfTheirSeries()
    {
        TimeSeriesSet set = Set([1, 3, 5, 7, 9], [10, 20, 30, 40, 50]);
        set = set with { Series = [set.Series[0], Set([100, 200, 300, 400], [1, 2, 3, 4]).Series[0]] };
        using var scope = NewDisposeScope();
        using var data = new ScaledData(set, s_config, CPU);
        ChronologicalSplit[] splits = [new(5, 5, 5), new(4, 4, 4)];
        WindowIndex windows = WindowIndex.Of(splits, Part.Train, 2, 2);
        Assert.Equal([new Window(0, 1), new Window(0, 2), new Window(1, 1)], Enumerable.Range(0, windows.Count).Select(n => windows[n]));
        Assert.Equal([0.1f, 49.5f, 0.2f, 99.5f, 2, 1, 3, 2], data.Contexts(data.Origins(windows, [2, 1])).reshape(-1).data<float>().ToArray());
        Assert.Equal([75f, 100, 1.75f, 2.25f], data.Futures(data.Origins(windows, [2, 1])).reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Contexts_WhenTheFutureChanges_StayTheSame()
    {
        using var scope = NewDisposeScope();
        double[] a = [.. Enumerable.Range(0, 20).Select(n => Math.Sin(n))], b = [.. Enumerable.Range(0, 20).Select(n => Math.Cos(n))];
        WindowIndex windows = WindowIndex.Of([new(20, 20, 20)], Part.Train, 2, 2);
        using var before = new ScaledData(Set(a, b), s_config, CPU);
        for (int n = 0; n < windows.Count; n++)
        {
            double[] later = [.. a], laterB = [.. b];
            for (int row = windows[n].Origin + 1; row < 20; row++)
                later[row] = laterB[row] = 1e6;
            using var after = new ScaledData(Set(later, laterB), s_config, CPU);
            Tensor origin = before.Origins(windows, [n]);
            Assert.Equal(0, (before.Contexts(origin) - after.Contexts(origin)).abs().max().item<float>());
            Assert.NotEqual(0, (before.Futures(origin) - after.Futures(origin)).abs().max().item<float>());
        }
    }

    [Theory]
    [InlineData(ScalerKind.MinMax)]
    [InlineData(ScalerKind.Standard)]
    public void ScalerFit_WhenLaterRowsChange_StaysTheSame(ScalerKind kind)
    {
        ChronologicalSplit[] splits = [new(3, 4, 5), new(2, 3, 4)];
        TimeSeriesSet Two(double later) => Set([1, 2, 4, later, later], [0, 0, 0, 0, 0]) with
        {
            Series = [Set([1, 2, 4, later, later], [0, 0, 0, 0, 0]).Series[0], Set([6, 8, later, later], [0, 0, 0, 0]).Series[0]],
        };
        ColumnScaler scaler = ScalerFit.Fit(kind, Two(1e9), splits, ["a"])[0];
        Assert.Equal(scaler, ScalerFit.Fit(kind, Two(-5), splits, ["a"])[0]);

        // Of 1 2 4 6 8: mean 4.2, population variance 6.56.
        Assert.Equal(kind == ScalerKind.MinMax ? new ColumnScaler(1, 7) : new ColumnScaler(4.2, Math.Sqrt(6.56)), new ColumnScaler(Math.Round(scaler.Offset, 12), scaler.Scale));
    }

    [Fact]
    public void ScalerFit_OfFilledRows_TakesTheMeasuredOnes()
    {
        TimeSeriesSet set = Set([1, 2, 50, 90], [0, 0, 0, 0]);
        set = set with
        {
            MissingFilled = 1,
            Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(4), ["a"], [[1, 2, 50, 90]], [[false, false, true, false]])],
        };
        Assert.Equal(new ColumnScaler(1, 1), ScalerFit.Fit(ScalerKind.MinMax, set, [new(3, 3, 4)], ["a"])[0]);
    }

    private static TimeSeriesSet Set(double[] a, double[] b) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(a.Length), ["a", "b"], [a, b])],
        Inputs = ["b", "a"],
        Targets = ["a"],
        SourceName = "x.csv",
        Sha256 = string.Empty,
    };
}
