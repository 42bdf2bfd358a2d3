using System.Runtime.InteropServices;
using LstmTorch.Data;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>Holds forecasts against what came true, beside the baselines of the same windows.</summary>
public sealed class Evaluation
{
    private readonly TimeSeriesSet _set;
    private readonly ForecasterConfig _config;
    private readonly IReadOnlyList<int> _trainingRows;
    private readonly double?[] _seasonalErrors;
    private readonly BaselineForecaster _baselines;

    private delegate ForecastMetrics MetricsOf(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double? seasonalError);

    /// <summary>Prepares to evaluate on a data set.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="trainingRows">For each series, the row after its last training row: MASE is scaled by the rows before.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="isSeen">True if the rows before are those of a training; of other data, none is there to fit the linear baseline to.</param>
    public Evaluation(TimeSeriesSet set, IReadOnlyList<int> trainingRows, ForecasterConfig config, bool isSeen = true)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        _set = set;
        _config = config;
        _trainingRows = trainingRows;
        _seasonalErrors =
        [
            .. config.Targets.Select(target => ForecastMetrics.InSampleSeasonalError(
                set.Series.Select((series, s) => (ReadOnlyMemory<double>)series.Measured(target, trainingRows[s]).ToArray()), config.Seasonality)),
        ];
        _baselines = new BaselineForecaster(set, config, isSeen ? trainingRows : null);
    }

    /// <summary>The forecasts of every baseline for some windows, each [windows, horizon, targets], in original units.</summary>
    public IReadOnlyDictionary<Baseline, double[]> Baselines(WindowIndex windows) =>
        _baselines.All.ToDictionary(baseline => baseline, baseline => _baselines.Of(baseline, windows));

    /// <summary>The metrics of the model and of the baselines on some windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="forecasts">The model's forecasts of them.</param>
    /// <param name="rows">For each series, the rows that the windows' part has.</param>
    /// <param name="baselines">The forecasts of the baselines, where they are known; null to compute them, one after another.</param>
    public PartMetrics Metrics(
        WindowIndex windows, WindowForecasts forecasts, IReadOnlyList<(int Start, int End)> rows, IReadOnlyDictionary<Baseline, double[]>? baselines = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(forecasts);
        var (from, to) = Borders(rows);
        double[][] actual = [.. _config.Targets.Select((_, target) => Actual(windows, target))];
        ForecastMetrics[] model = OfEachTarget(forecasts.Values, OfMeasured);
        Dictionary<Baseline, ForecastMetrics[]> others = (baselines?.Keys ?? _baselines.All).ToDictionary(
            baseline => baseline,
            baseline => OfEachTarget(baselines?[baseline] ?? _baselines.Of(baseline, windows), baseline == Baseline.SeasonalNaive ? OfKnown : OfMeasured));
        return PartMetrics.Of(
            windows.Count,
            from,
            to,
            [.. _config.Targets.Select((target, index) => (target, TargetMetrics.Of(model[index], baseline => others.GetValueOrDefault(baseline)?[index])))]) with
        {
            Intervals = _config.Intervals.Count == 0 ? null : IntervalMetrics.Of(Rows(windows, forecasts), [.. _config.Intervals.Select(interval => interval.Coverage)]),
            Quantiles = forecasts.Quantiles is null ? null : QuantileMetrics.Of(Rows(windows, forecasts)),
        };

        ForecastMetrics[] OfEachTarget(double[] ofAll, MetricsOf metrics) =>
            [.. actual.Select((values, target) => metrics(values, OfTarget(ofAll, target), _seasonalErrors[target]))];
    }

    /// <summary>How each series was forecast, by series and target; series without a window are left out.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="forecasts">The model's forecasts of them, [windows, horizon, targets], in original units.</param>
    /// <param name="baselines">Those of the baselines.</param>
    public IReadOnlyList<SeriesMetrics> OfEachSeries(WindowIndex windows, double[] forecasts, IReadOnlyDictionary<Baseline, double[]> baselines)
    {
        ArgumentNullException.ThrowIfNull(windows);
        int size = _config.Horizon * _config.Targets.Count;
        List<double> Of(IEnumerable<int> some, double[] all, int target) =>
            [.. some.SelectMany(w => Enumerable.Range(0, _config.Horizon).Select(step => all[(w * size) + (step * _config.Targets.Count) + target]))];
        double[][] actualOf = [.. _config.Targets.Select((_, target) => Actual(windows, target))];
        var metrics = new List<SeriesMetrics>();
        foreach (IGrouping<int, int> some in Enumerable.Range(0, windows.Count).GroupBy(w => windows[w].Series))
        {
            TimeSeries series = _set.Series[some.Key];
            for (int target = 0; target < _config.Targets.Count; target++)
            {
                string name = _config.Targets[target];
                double? scale = ForecastMetrics.InSampleSeasonalError(series.Measured(name, _trainingRows[some.Key]), _config.Seasonality);
                double[] actual = [.. some.SelectMany(w => actualOf[target].AsSpan(w * _config.Horizon, _config.Horizon).ToArray())];
                TargetMetrics each = TargetMetrics.Of(
                    OfMeasured(actual, CollectionsMarshal.AsSpan(Of(some, forecasts, target)), scale),
                    baseline => baselines.TryGetValue(baseline, out double[]? others) ? OfKnown(actual, CollectionsMarshal.AsSpan(Of(some, others, target)), scale) : null);
                var best = each.Best(metric => metric.Mae, _config.Seasonality);
                metrics.Add(new SeriesMetrics(
                    series.Id, name, some.Count(), each.Model.Mae, each.Model.Rmse, each.Model.Mase, each.Model.Smape, best?.Baseline, best?.Error));
            }
        }

        return metrics;
    }

    /// <summary>One row for each forecast value, in the order of the windows, steps and targets.</summary>
    /// <param name="windows">The windows; steps beyond the last row, and those where it was missing, get no actual value.</param>
    /// <param name="forecasts">The model's forecasts of them.</param>
    public IEnumerable<PredictionRow> Rows(WindowIndex windows, WindowForecasts forecasts) => PredictionRow.Of(_set, _config, windows, forecasts);

    /// <summary>What came true of one target, [windows, horizon]; NaN where it was not measured.</summary>
    private double[] Actual(WindowIndex windows, int target)
    {
        double[] actual = new double[windows.Count * _config.Horizon];
        for (int w = 0; w < windows.Count; w++)
        {
            Window window = windows[w];
            Span<double> values = actual.AsSpan(w * _config.Horizon, _config.Horizon);
            _set.Series[window.Series].Column(_config.Targets[target]).Slice(window.Origin + 1, values.Length).CopyTo(values);
            ReadOnlySpan<bool> filled = _set.Series[window.Series].Filled(_config.Targets[target]);
            for (int step = 0; step < values.Length && !filled.IsEmpty; step++)
                values[step] = filled[window.Origin + 1 + step] ? double.NaN : values[step];
        }

        return actual;
    }

    /// <summary>The forecasts of one target, [windows, horizon].</summary>
    private double[] OfTarget(double[] forecasts, int target)
    {
        int targets = _config.Targets.Count;
        double[] one = new double[forecasts.Length / targets];
        for (int n = 0; n < one.Length; n++)
            one[n] = forecasts[(n * targets) + target];
        return one;
    }

    /// <summary>The metrics where the value was measured.</summary>
    private static ForecastMetrics OfMeasured(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double? seasonalError) =>
        Of(actual, forecast, seasonalError, static (value, _) => !double.IsNaN(value));

    /// <summary>The metrics where there is a forecast too: the first windows of a series may have no season before them.</summary>
    private static ForecastMetrics OfKnown(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double? seasonalError) =>
        Of(actual, forecast, seasonalError, static (value, forecast) => !double.IsNaN(value) && !double.IsNaN(forecast));

    private static ForecastMetrics Of(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double? seasonalError, Func<double, double, bool> counts)
    {
        (List<double> Actual, List<double> Forecast) known = ([], []);
        for (int n = 0; n < forecast.Length; n++)
        {
            if (!counts(actual[n], forecast[n]))
                continue;
            known.Actual.Add(actual[n]);
            known.Forecast.Add(forecast[n]);
        }

        return ForecastMetrics.Of(CollectionsMarshal.AsSpan(known.Actual), CollectionsMarshal.AsSpan(known.Forecast), seasonalError);
    }

    private (string From, string To) Borders(IReadOnlyList<(int Start, int End)> rows)
    {
        var parts = _set.Series.Zip(rows).Where(part => part.Second.End > part.Second.Start).ToList();
        if (parts.Count == 0)
            return (string.Empty, string.Empty);

        static long Moment(TimeSeries series, int row) => series.Time.DateAt(row)?.Ticks ?? row;
        var (first, firstRows) = parts.MinBy(part => Moment(part.First, part.Second.Start));
        var (last, lastRows) = parts.MaxBy(part => Moment(part.First, part.Second.End - 1));
        return (first.Time.Format(firstRows.Start), last.Time.Format(lastRows.End - 1));
    }
}
