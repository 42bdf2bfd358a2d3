using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>Every forecast of one part, of the model and of the baselines: what a report draws.</summary>
/// <param name="Set">The data, in original units.</param>
/// <param name="Config">The model's description.</param>
/// <param name="Windows">The windows.</param>
/// <param name="Rows">The model's forecasts, in the order of the windows, steps and targets.</param>
/// <param name="Baselines">Those of each baseline in the same order, in original units.</param>
public sealed record PartForecasts(
    TimeSeriesSet Set, ForecasterConfig Config, WindowIndex Windows, IReadOnlyList<PredictionRow> Rows, IReadOnlyDictionary<Baseline, double[]> Baselines)
{
    /// <summary>Each series where there are many; else none.</summary>
    public IReadOnlyList<SeriesMetrics> Series { get; init; } = [];

    /// <summary>The place of a forecast in <see cref="Rows"/>.</summary>
    internal int Place(int window, int step, int target) => (((window * Config.Horizon) + step) * Config.Targets.Count) + target;

    /// <summary>How far the model's forecast lies from what came true, y − f; NaN where that is not known.</summary>
    internal double Residual(int place) => (Rows[place].Actual ?? double.NaN) - Rows[place].Forecast;

    /// <summary>The mean absolute error of one window and target.</summary>
    internal double ErrorOf(int window, int target) =>
        Enumerable.Range(0, Config.Horizon).Average(step => Math.Abs(Residual(Place(window, step, target))));

    /// <summary>The mean absolute errors of each step, of the model or of a baseline, over the windows where they are known.</summary>
    internal double[] ErrorsByStep(int target, Baseline? baseline) =>
    [
        .. Enumerable.Range(0, Config.Horizon).Select(step => Enumerable.Range(0, Windows.Count)
            .Select(window => Place(window, step, target))
            .Select(place => baseline is { } other ? (Rows[place].Actual ?? double.NaN) - Baselines[other][place] : Residual(place))
            .Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(double.NaN).Average()),
    ];
}
