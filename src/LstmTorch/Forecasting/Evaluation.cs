using LstmTorch.Data;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>Holds forecasts against what came true, beside the naive forecasts of the same windows.</summary>
public sealed class Evaluation
{
    private readonly TimeSeriesSet _set;
    private readonly ForecasterConfig _config;
    private readonly double?[] _seasonalErrors;

    /// <summary>Prepares to evaluate on a data set.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="trainingRows">For each series, the row after its last training row: MASE is scaled by the rows before.</param>
    /// <param name="config">The model's description.</param>
    public Evaluation(TimeSeriesSet set, IReadOnlyList<int> trainingRows, ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        _set = set;
        _config = config;
        _seasonalErrors =
        [
            .. config.Targets.Select(target => ForecastMetrics.InSampleSeasonalError(
                set.Series.Select((series, s) => (ReadOnlyMemory<double>)series.Measured(target, trainingRows[s]).ToArray()), config.Seasonality)),
        ];
    }

    /// <summary>The metrics of the model and of the naive forecasts on some windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="forecasts">The model's forecasts of them, [windows, horizon, targets], in original units.</param>
    /// <param name="rows">For each series, the rows that the windows' part has.</param>
    public PartMetrics Metrics(WindowIndex windows, double[] forecasts, IReadOnlyList<(int Start, int End)> rows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(forecasts);
        var (from, to) = Borders(rows);
        return PartMetrics.Of(
            windows.Count, from, to, [.. _config.Targets.Select((target, index) => (target, OfTarget(windows, forecasts, index)))]) with
        {
            Intervals = _config.Intervals.Count == 0 ? null : IntervalMetrics.Of(Rows(windows, forecasts), [.. _config.Intervals.Select(interval => interval.Coverage)]),
        };
    }

    /// <summary>One row for each forecast value, in the order of the windows, steps and targets.</summary>
    /// <param name="windows">The windows; steps beyond the last row, and those where it was missing, get no actual value.</param>
    /// <param name="forecasts">[windows, horizon, targets], in original units.</param>
    public IEnumerable<PredictionRow> Rows(WindowIndex windows, double[] forecasts) => PredictionRow.Of(_set, _config, windows, forecasts);

    private TargetMetrics OfTarget(WindowIndex windows, double[] forecasts, int target)
    {
        int horizon = _config.Horizon;
        double[] actual = new double[windows.Count * horizon];
        double[] model = new double[actual.Length], naive = new double[actual.Length], seasonal = new double[actual.Length];
        for (int w = 0; w < windows.Count; w++)
        {
            Window window = windows[w];
            ReadOnlySpan<double> column = _set.Series[window.Series].Column(_config.Targets[target]);
            int start = w * horizon;
            column.Slice(window.Origin + 1, horizon).CopyTo(actual.AsSpan(start));
            NaiveForecasts.LastValue(column, window.Origin, naive.AsSpan(start, horizon));
            NaiveForecasts.SeasonalNaive(column, window.Origin, _config.Seasonality, seasonal.AsSpan(start, horizon));
            for (int step = 0; step < horizon; step++)
                model[start + step] = forecasts[((start + step) * _config.Targets.Count) + target];
        }

        return new TargetMetrics(
            ForecastMetrics.Of(actual, model, _seasonalErrors[target]),
            ForecastMetrics.Of(actual, naive, _seasonalErrors[target]),
            OfKnown(actual, seasonal, _seasonalErrors[target]));
    }

    /// <summary>The metrics where there is a forecast: the first windows of a series may have no season before them.</summary>
    private static ForecastMetrics OfKnown(double[] actual, double[] forecast, double? seasonalError)
    {
        int[] known = [.. Enumerable.Range(0, forecast.Length).Where(n => !double.IsNaN(forecast[n]))];
        return ForecastMetrics.Of([.. known.Select(n => actual[n])], [.. known.Select(n => forecast[n])], seasonalError);
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
