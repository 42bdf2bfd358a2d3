using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>What a model predicts for windows of a data set, in original units.</summary>
/// <param name="Values">The forecasts, [windows, horizon, targets], row-major.</param>
/// <param name="Quantiles">Their quantiles, [windows, horizon, targets, <see cref="ForecasterConfig.Quantiles"/>]; null for a model without them.</param>
public sealed record WindowForecasts(double[] Values, double[]? Quantiles = null)
{
    // Windows and values at a time: they are copied out of the columns, and memory shall not grow with the data.
    private const int MostWindows = 512, MostValues = 4 << 20;

    /// <summary>Forecasts every window, without libtorch.</summary>
    /// <param name="forecaster">The model.</param>
    /// <param name="set">The data, in original units.</param>
    /// <param name="windows">The windows, of the model's context length; their horizons may lie beyond the last row.</param>
    public static WindowForecasts Of(Forecaster forecaster, TimeSeriesSet set, WindowIndex windows)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(windows);
        bool hasQuantiles = forecaster.QuantilesSize > 0;
        int size = forecaster.WindowSize, outputs = hasQuantiles ? forecaster.QuantilesSize : forecaster.ForecastSize;
        int batch = Math.Min(Math.Clamp(MostValues / size, 1, MostWindows), windows.Count);
        double[] forecasts = new double[(long)windows.Count * outputs], values = new double[(long)batch * size], known = new double[(long)batch * forecaster.KnownSize];
        List<string> names = [.. set.Series[0].Columns];
        int[] columns = [.. forecaster.Config.Inputs.Select(input => names.IndexOf(input))];
        var forecasters = new SeriesForecasters(forecaster, set);
        for (int start = 0, count; start < windows.Count; start += count)
        {
            count = 0;
            for (Window first = windows[start]; count < Math.Min(batch, windows.Count - start) && forecasters.Share(first, windows[start + count]); count++)
            {
                Copy(set, windows[start + count], columns, values.AsSpan(count * size, size));
                CopyKnown(set, windows[start + count], forecaster.Config.FutureCovariates, known.AsSpan(count * forecaster.KnownSize, forecaster.KnownSize));
            }

            Span<double> to = forecasts.AsSpan(start * outputs, count * outputs);
            ReadOnlySpan<double> ahead = known.AsSpan(0, count * forecaster.KnownSize);
            Forecaster own = forecasters.For(windows[start]);
            if (hasQuantiles)
                own.ForecastQuantiles(values.AsSpan(0, count * size), ahead, to);
            else
                own.Forecast(values.AsSpan(0, count * size), ahead, to);
        }

        return hasQuantiles ? OfQuantiles(forecaster.Config, forecasts) : new WindowForecasts(forecasts);
    }

    /// <summary>The forecasts of windows behind each other.</summary>
    internal static WindowForecasts Concat(IReadOnlyList<WindowForecasts> parts) => new(
        [.. parts.SelectMany(part => part.Values)],
        parts.Any(part => part.Quantiles is null) ? null : [.. parts.SelectMany(part => part.Quantiles!)]);

    /// <summary>Forecasts that are the medians of their quantiles.</summary>
    internal static WindowForecasts OfQuantiles(ForecasterConfig config, double[] quantiles)
    {
        int count = config.Quantiles.Count, median = config.Quantiles.ToList().IndexOf(ForecasterConfig.Median);
        double[] values = new double[quantiles.Length / count];
        for (int n = 0; n < values.Length; n++)
            values[n] = quantiles[(n * count) + median];
        return new WindowForecasts(values, quantiles);
    }

    /// <summary>The covariates after the origin of a window, [horizon, covariates].</summary>
    private static void CopyKnown(TimeSeriesSet set, Window window, IReadOnlyList<string> covariates, Span<double> values)
    {
        double[] column = covariates.Count == 0 ? [] : new double[values.Length / covariates.Count];
        for (int covariate = 0; covariate < covariates.Count; covariate++)
        {
            set.Series[window.Series].Known(covariates[covariate], window.Origin + 1, column);
            for (int step = 0; step < column.Length; step++)
                values[(step * covariates.Count) + covariate] = column[step];
        }
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
