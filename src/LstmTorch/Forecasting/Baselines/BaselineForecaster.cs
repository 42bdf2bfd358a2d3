using LstmTorch.Data;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting.Baselines;

/// <summary>All baselines of a data set, for the same windows as the model. None reads a row after the origin of a window.</summary>
public sealed class BaselineForecaster
{
    private readonly TimeSeriesSet _set;
    private readonly ForecasterConfig _config;
    private readonly LinearForecast?[] _linear;

    /// <summary>Prepares them.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="config">The model's targets, context length, horizon and seasonality.</param>
    /// <param name="trainingRows">For each series, the row after its last training row, for what is fitted; null where no row is one.</param>
    public BaselineForecaster(TimeSeriesSet set, ForecasterConfig config, IReadOnlyList<int>? trainingRows)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        _set = set;
        _config = config;
        _linear = [.. config.Targets.Select(target =>
            trainingRows is null ? null : LinearForecast.Fit(set, trainingRows, target, config.ContextLength, config.Horizon))];
        All = [.. Enum.GetValues<Baseline>().Where(baseline => baseline != Baseline.Linear || Array.TrueForAll(_linear, of => of is not null))];
    }

    /// <summary>Those there are: without <see cref="Baseline.Linear"/> where there are no training windows to fit it to.</summary>
    public IReadOnlyList<Baseline> All { get; }

    /// <summary>Forecasts windows.</summary>
    /// <param name="baseline">One of <see cref="All"/>.</param>
    /// <param name="windows">The windows, whole contexts in the data.</param>
    /// <returns>[windows, horizon, targets], row-major, in original units; NaN where the seasonal naive forecast has no row to repeat.</returns>
    public double[] Of(Baseline baseline, WindowIndex windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        int horizon = _config.Horizon, targets = _config.Targets.Count;
        double[] forecasts = new double[(long)windows.Count * horizon * targets], forecast = new double[horizon];
        for (int target = 0; target < targets; target++)
        {
            var paths = new ThetaPath?[_set.Series.Count];
            for (int w = 0; w < windows.Count; w++)
            {
                Window window = windows[w];
                ReadOnlySpan<double> column = _set.Series[window.Series].Column(_config.Targets[target]);
                switch (baseline)
                {
                    case Baseline.Naive:
                        NaiveForecasts.LastValue(column, window.Origin, forecast);
                        break;
                    case Baseline.SeasonalNaive:
                        NaiveForecasts.SeasonalNaive(column, window.Origin, _config.Seasonality, forecast);
                        break;
                    case Baseline.Drift:
                        NaiveForecasts.Drift(column, window.Origin, forecast);
                        break;
                    case Baseline.SeasonMean:
                        NaiveForecasts.SeasonMean(column, window.Origin, _config.Seasonality, forecast);
                        break;
                    case Baseline.Theta:
                        (paths[window.Series] ??= new ThetaPath(_config.Seasonality)).Forecast(column, window.Origin, forecast);
                        break;
                    default:
                        _linear[target]!.Forecast(column, window.Series, window.Origin, forecast);
                        break;
                }

                for (int step = 0; step < horizon; step++)
                    forecasts[(((w * horizon) + step) * targets) + target] = forecast[step];
            }
        }

        return forecasts;
    }
}
