using System.Text.Json.Serialization;
using LstmTorch.Data;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>One forecast of one target for one step, in original units.</summary>
/// <param name="Series">The id of the series; empty where the data is one series.</param>
/// <param name="Origin">The last known row, as the time column writes it.</param>
/// <param name="Timestamp">The row that is forecast, as the time column writes it.</param>
/// <param name="Step">How many steps the forecast row lies after the origin, from 1 to the horizon.</param>
/// <param name="Target">The name of the target column.</param>
/// <param name="Actual">The value that came true; null where it is not known.</param>
/// <param name="Forecast">The forecast.</param>
public sealed record PredictionRow(
    string Series, string Origin, string Timestamp, int Step, string Target, double? Actual, double Forecast)
{
    /// <summary>The model's intervals around the forecast, in the order of <see cref="ForecasterConfig.Intervals"/>; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ForecastInterval>? Intervals { get; init; }

    /// <summary>The quantiles of the forecast, ascending; null for a model without them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ForecastQuantile>? Quantiles { get; init; }

    /// <summary>The moment of <see cref="Timestamp"/>, however it is written; null where rows have no dates.</summary>
    [JsonIgnore]
    public DateTime? Date { get; init; }

    /// <summary>One row for each forecast value, in the order of the windows, steps and targets.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="windows">The windows; steps beyond the last row, and those where the target was missing, get no actual value.</param>
    /// <param name="forecasts">The model's forecasts of them.</param>
    public static IEnumerable<PredictionRow> Of(TimeSeriesSet set, ForecasterConfig config, WindowIndex windows, WindowForecasts forecasts)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(forecasts);
        var adaptive = new AdaptiveIntervals(config);
        int n = 0;
        for (int w = 0; w < windows.Count; w++)
        {
            Window window = windows[w];
            TimeSeries series = set.Series[window.Series];
            string origin = series.Time.Format(window.Origin);
            double[] changes = config.Intervals.Count == 0 ? [] : [.. config.Targets.Select((_, target) => ConformalCalibration.Change(config, set, window, target))];
            for (int step = 1; step <= config.Horizon; step++)
            {
                int row = window.Origin + step;
                for (int k = 0; k < config.Targets.Count; k++)
                {
                    string target = config.Targets[k];
                    ReadOnlySpan<bool> filled = series.Filled(target);
                    bool isKnown = row < series.Length && set.Targets.Contains(target) && (filled.IsEmpty || !filled[row]);
                    double? actual = isKnown ? series.Column(target)[row] : null;
                    double forecast = forecasts.Values[n], change = changes.Length == 0 ? 0 : changes[k];
                    double[]? quantiles = forecasts.Quantiles?[(n * config.Quantiles.Count)..((n + 1) * config.Quantiles.Count)];
                    n++;
                    int output = ((step - 1) * config.Targets.Count) + k;
                    yield return new PredictionRow(series.Id, origin, series.Time.Format(row), step, target, actual, forecast)
                    {
                        Date = series.Time.DateAt(row),
                        Intervals = config.Intervals.Count == 0 ? null : [.. config.Intervals.Select((interval, i) => adaptive.Next(
                            window, i, output, forecast, ForecastInterval.Of(config, interval, forecast, quantiles, interval.HalfWidths[output] * change), row, actual))],
                        Quantiles = quantiles is null ? null : [.. config.Quantiles.Zip(quantiles, (share, value) => new ForecastQuantile(share, value))],
                    };
                }
            }
        }
    }
}
