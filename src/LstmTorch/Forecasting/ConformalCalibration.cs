using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>Fits the widths of intervals to windows that the weights were not fitted to.</summary>
/// <remarks>
/// Around a forecast of one number: split conformal prediction (Lei et al., 2018). Around the quantiles of a model that has them:
/// conformalized quantile regression (Romano, Patterson and Candès, "Conformalized Quantile Regression", 2019, equations 6 to 8),
/// which makes intervals that are too narrow wider and those that are too wide narrower.
/// </remarks>
public static class ConformalCalibration
{
    /// <summary>Of the mean change of all windows: smaller ones would be windows of a flat line, whose interval would vanish.</summary>
    private const double SmallestShare = 0.05;

    /// <summary>The model's description with intervals.</summary>
    /// <param name="config">The description without.</param>
    /// <param name="set">The data, in original units.</param>
    /// <param name="windows">The windows to calibrate on, at least one.</param>
    /// <param name="forecasts">The model's forecasts of them.</param>
    /// <param name="coverages">The shares that the intervals shall hold.</param>
    public static ForecasterConfig Fit(
        ForecasterConfig config, TimeSeriesSet set, WindowIndex windows, WindowForecasts forecasts, IReadOnlyList<double> coverages)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(coverages);
        ForecasterConfig measured = config with { SmallestChanges = new double[config.Targets.Count] };
        measured = measured with { SmallestChanges = [.. config.Targets.Select((_, target) => SmallestChange(measured, set, windows, target))] };
        return measured with
        {
            Intervals = [.. coverages.Select(coverage => new PredictionInterval(
                coverage, [.. Scores(measured, set, windows, forecasts, coverage).Select(each => Quantile(each, coverage))]))],
        };
    }

    /// <summary>The change of a target in a window; of a model that scales each series by itself and does not normalize, the unit of the series.</summary>
    internal static double Change(ForecasterConfig config, TimeSeriesSet set, Window window, int target)
    {
        SeriesScale? scale = SeriesScaleFit.Of(config, set, window);
        if (!WindowChange.IsMeasured(config))
            return scale?.Unit(target) ?? 1;
        ReadOnlySpan<double> past = set.Series[window.Series].Column(config.Targets[target]).Slice(window.Origin + 1 - config.ContextLength, config.ContextLength);
        return WindowChange.Of(scale is null ? config : config.ForSeries(scale), target, past);
    }

    private static double SmallestChange(ForecasterConfig config, TimeSeriesSet set, WindowIndex windows, int target)
    {
        double mean = Enumerable.Range(0, windows.Count).Average(w => Change(config, set, windows[w], target) / (SeriesScaleFit.Of(config, set, windows[w])?.Unit(target) ?? 1));
        return mean > 0 ? SmallestShare * mean : 1;
    }

    /// <summary>
    /// How far the values lie beyond what the interval is made of, in units of the window's change, ascending, [horizon · targets][windows with a measured value]:
    /// the absolute error, or, for a model with quantiles, the distance from the nearer of the two that hold the share, below 0 between them.
    /// </summary>
    private static double[][] Scores(ForecasterConfig config, TimeSeriesSet set, WindowIndex windows, WindowForecasts forecasts, double coverage)
    {
        int quantiles = config.Quantiles.Count;
        int targets = config.Targets.Count, outputs = config.Horizon * targets;
        List<double>[] scores = [.. Enumerable.Range(0, outputs).Select(_ => new List<double>())];
        for (int w = 0; w < windows.Count; w++)
        {
            Window window = windows[w];
            for (int target = 0; target < targets; target++)
            {
                ReadOnlySpan<double> column = set.Series[window.Series].Column(config.Targets[target]);
                ReadOnlySpan<bool> filled = set.Series[window.Series].Filled(config.Targets[target]);
                double change = Change(config, set, window, target);
                for (int step = 0; step < config.Horizon; step++)
                {
                    int output = (step * targets) + target, n = (w * outputs) + output, row = window.Origin + 1 + step;
                    if (!filled.IsEmpty && filled[row])
                        continue;
                    var (lower, upper) = ForecastInterval.Ends(config, coverage, forecasts.Values[n], forecasts.Quantiles.AsSpan(n * quantiles, quantiles));
                    scores[output].Add(Math.Max(lower - column[row], column[row] - upper) / change);
                }
            }
        }

        if (Array.FindIndex(scores, each => each.Count == 0) is >= 0 and int empty)
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: --intervals are calibrated on the validation part, where '{config.Targets[empty % targets]}' was never measured {(empty / targets) + 1} steps ahead; raise --validation-fraction");
        foreach (List<double> each in scores)
            each.Sort();
        return [.. scores.Select(each => each.ToArray())];
    }

    /// <summary>The ⌈(n + 1) · coverage⌉-th smallest of n scores, or the largest where there are too few for the coverage.</summary>
    private static double Quantile(double[] ascending, double coverage) =>
        ascending[Math.Min((int)Math.Ceiling(((ascending.Length + 1) * coverage) - 1e-9), ascending.Length) - 1];
}
