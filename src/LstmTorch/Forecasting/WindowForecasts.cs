using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Forecasting;

/// <summary>What a trained model predicts for windows of a data set, computed without libtorch.</summary>
public static class WindowForecasts
{
    // Windows and values at a time: they are copied out of the columns, and memory shall not grow with the data.
    private const int MostWindows = 512, MostValues = 4 << 20;

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
        int size = forecaster.WindowSize, forecastSize = forecaster.ForecastSize;
        int batch = Math.Min(Math.Clamp(MostValues / size, 1, MostWindows), windows.Count);
        double[] forecasts = new double[(long)windows.Count * forecastSize], values = new double[(long)batch * size];
        List<string> names = [.. set.Series[0].Columns];
        int[] columns = [.. forecaster.Config.Inputs.Select(input => names.IndexOf(input))];
        var forecasters = new SeriesForecasters(forecaster, set);
        for (int start = 0, count; start < windows.Count; start += count)
        {
            count = 0;
            for (Window first = windows[start]; count < Math.Min(batch, windows.Count - start) && forecasters.Share(first, windows[start + count]); count++)
                Copy(set, windows[start + count], columns, values.AsSpan(count * size, size));
            forecasters.For(windows[start]).Forecast(values.AsSpan(0, count * size), forecasts.AsSpan(start * forecastSize, count * forecastSize));
        }

        return forecasts;
    }

    /// <summary>The context of a window, [context length, inputs].</summary>
    private static void Copy(TimeSeriesSet set, Window window, int[] columns, Span<double> values)
    {
        int context = values.Length / columns.Length;
        for (int input = 0; input < columns.Length; input++)
        {
            ReadOnlySpan<double> column = set.Series[window.Series].Column(columns[input]).Slice(window.Origin + 1 - context, context);
            for (int step = 0; step < context; step++)
                values[(step * columns.Length) + input] = column[step];
        }
    }
}
