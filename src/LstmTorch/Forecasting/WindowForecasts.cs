using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>What a trained model predicts for windows of a data set, computed without libtorch.</summary>
public static class WindowForecasts
{
    /// <summary>Windows at a time: their values are copied out of the columns, and memory shall not grow with the data.</summary>
    private const int BatchSize = 512;

    /// <summary>Forecasts every window.</summary>
    /// <param name="forecaster">The model.</param>
    /// <param name="set">The data, in original units.</param>
    /// <param name="windows">The windows, of the model's context length; their horizons may lie beyond the last row.</param>
    /// <returns>[windows, horizon, targets], row-major, in original units.</returns>
    public static double[] Of(Forecaster forecaster, TimeSeriesSet set, WindowIndex windows)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(windows);
        double[] forecasts = new double[(long)windows.Count * forecaster.ForecastSize];
        double[] values = new double[(long)Math.Min(BatchSize, windows.Count) * forecaster.WindowSize];
        for (int start = 0; start < windows.Count; start += BatchSize)
        {
            int count = Math.Min(BatchSize, windows.Count - start);
            for (int n = 0; n < count; n++)
                Copy(set, forecaster.Config, windows[start + n], values.AsSpan(n * forecaster.WindowSize, forecaster.WindowSize));
            forecaster.Forecast(
                values.AsSpan(0, count * forecaster.WindowSize), forecasts.AsSpan(start * forecaster.ForecastSize, count * forecaster.ForecastSize));
        }

        return forecasts;
    }

    /// <summary>The context of a window, [context length, inputs].</summary>
    private static void Copy(TimeSeriesSet set, ForecasterConfig config, Window window, Span<double> values)
    {
        TimeSeries series = set.Series[window.Series];
        int inputs = config.Inputs.Count;
        for (int input = 0; input < inputs; input++)
        {
            ReadOnlySpan<double> column = series.Column(config.Inputs[input]).Slice(window.Origin + 1 - config.ContextLength, config.ContextLength);
            for (int step = 0; step < column.Length; step++)
                values[(step * inputs) + input] = column[step];
        }
    }
}
