using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class EvaluationTests
{
    private static readonly ForecasterConfig s_config = new()
    {
        Inputs = ["y"],
        Targets = ["y"],
        ContextLength = 1,
        Horizon = 2,
        InputScalers = [ColumnScaler.Identity],
        TargetScalers = [ColumnScaler.Identity],
    };

    /// <summary>Of series a the value 99 was filled: it counts for nobody. By hand: errors 1 and 3 of a, and 2 and 4 of b.</summary>
    [Fact]
    public void Metrics_WhereTargetsWereFilled_AreThoseOfTheOthers()
    {
        TimeSeriesSet set = new()
        {
            Series = [Series("a", [10, 11, 99, 14], [false, false, true, false]), Series("b", [20, 22, 24], null)],
            Inputs = ["y"],
            Targets = ["y"],
            SourceName = "test",
            Sha256 = string.Empty,
            MissingFilled = 1,
        };
        ChronologicalSplit[] splits = [new(4, 4, 4), new(3, 3, 3)];
        WindowIndex windows = WindowIndex.Of(set, splits, Part.Train, 1, 2);
        Assert.Equal([new Window(0, 0), new Window(0, 1), new Window(1, 0)], Enumerable.Range(0, windows.Count).Select(n => windows[n]));

        // Of the first window 12 against 11, of the second 17 against 14, of the third 24 and 20 against 22 and 24.
        var forecasts = new WindowForecasts([12, -5, -5, 17, 24, 20]);
        var evaluation = new Evaluation(set, [4, 3], s_config);
        Assert.Equal(10.0 / 4, evaluation.Metrics(windows, forecasts, [(0, 4), (0, 3)]).Model.Mae!.Value, 1e-12);

        IReadOnlyList<SeriesMetrics> each = evaluation.OfEachSeries(windows, forecasts.Values, new Dictionary<Baseline, double[]>());
        Assert.Equal([("a", 2.0), ("b", 3.0)], each.Select(series => (series.Series, series.Mae!.Value)));
    }

    private static TimeSeries Series(string id, double[] values, bool[]? filled) => new(id, TimeAxis.OfRows(values.Length), ["y"], [values], [filled]);
}
