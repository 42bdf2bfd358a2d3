using LstmTorch.Data;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>What a network predicts for the windows of a part.</summary>
public static class Forecasts
{
    /// <summary>Windows at a time: no gradient is kept, so that more fit than in training.</summary>
    private const int BatchSize = 512;

    /// <summary>Forecasts every window, in original units.</summary>
    /// <param name="model">The network; put into evaluation mode.</param>
    /// <param name="data">The scaled rows.</param>
    /// <param name="windows">The windows; their horizons may lie beyond the last row.</param>
    public static WindowForecasts Of(LstmForecaster model, ScaledData data, WindowIndex windows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(windows);
        ForecasterConfig config = model.Config;
        int quantiles = Math.Max(1, config.Quantiles.Count), outputs = config.Horizon * config.Targets.Count * quantiles;
        double[] values = new double[(long)windows.Count * outputs];
        ForEachBatch(model, data, windows, (first, _, output) =>
        {
            Tensor forecast = model.Distribution?.Quantiles(output) ?? output;
            double[] batch = [.. forecast.to(ScalarType.Float64, CPU).contiguous().data<double>()];
            batch.CopyTo(values, (long)first * outputs);
        });
        FusedLstmFunction.ThrowPending();
        var scalers = Enumerable.Range(0, windows.Count).Select(n => windows[n].Series).Distinct()
            .ToDictionary(series => series, series => config.ForSeries(data.IdOf(series)).TargetScalers);
        for (int n = 0; n < values.Length; n++)
            values[n] = scalers[windows[n / outputs].Series][n / quantiles % config.Targets.Count].InverseTransform(values[n]);
        return config.Distribution == OutputDistribution.Point ? new WindowForecasts(values) : WindowForecasts.OfQuantiles(config, values);
    }

    /// <summary>Runs the network over all windows in order, without gradients and dropout.</summary>
    /// <param name="model">The network; left in evaluation mode.</param>
    /// <param name="data">The scaled rows.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="use">Gets the number of a batch's first window, the origins [B] and the network's output for them.</param>
    internal static void ForEachBatch(LstmForecaster model, ScaledData data, WindowIndex windows, Action<int, Tensor, Tensor> use)
    {
        model.eval();
        using var noGradient = no_grad();
        for (int start = 0; start < windows.Count; start += BatchSize)
        {
            using var scope = NewDisposeScope();
            Tensor origins = data.Origins(windows, [.. Enumerable.Range(start, Math.Min(BatchSize, windows.Count - start))]);
            use(start, origins, model.Forecast(data.Contexts(origins), data.Known(origins)));
        }
    }
}
