using LstmTorch.Data;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>
/// What the errors of each series are multiplied by in the loss, so that all series count alike: one over the mean
/// |y_t − y_{t−m}| of its training rows. A mean absolute error becomes that of MASE.
/// </summary>
public sealed class SeriesWeights : IDisposable
{
    /// <summary>Of every row of every series, [rows, 1, targets]: found by an origin alone.</summary>
    private readonly Tensor _weights;

    private SeriesWeights(Tensor weights) => _weights = weights;

    /// <summary>Measures the series.</summary>
    /// <param name="set">The data.</param>
    /// <param name="splits">Their training rows count.</param>
    /// <param name="config">Targets, their scales, and m, the seasonality.</param>
    /// <param name="device">Where the weights shall live.</param>
    /// <remarks>A series without a season in its training rows, or constant over seasons, gets the smallest weight of all.</remarks>
    public static SeriesWeights Of(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, ForecasterConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentNullException.ThrowIfNull(config);
        int targets = config.Targets.Count;
        float[] weights = new float[set.Series.Count * targets];
        for (int s = 0; s < set.Series.Count; s++)
        {
            IReadOnlyList<ColumnScaler> scalers = config.ForSeries(set.Series[s].Id).TargetScalers;
            for (int k = 0; k < targets; k++)
            {
                double? error = ForecastMetrics.InSampleSeasonalError(set.Series[s].Measured(config.Targets[k], splits[s].TrainEnd)[splits[s].TrainStart..], config.Seasonality);
                weights[(s * targets) + k] = error > 0 ? (float)(scalers[k].Scale / error.Value) : float.NaN;
            }
        }

        float smallest = weights.Where(weight => !float.IsNaN(weight)).DefaultIfEmpty(1).Min();
        using var scope = NewDisposeScope();
        Tensor ofSeries = tensor([.. weights.Select(weight => float.IsNaN(weight) ? smallest : weight)], device: device).view(set.Series.Count, 1, targets);
        Tensor lengths = tensor([.. set.Series.Select(series => (long)series.Length)], device: device);
        return new SeriesWeights(ofSeries.repeat_interleave(lengths, dim: 0).DetachFromDisposeScope());
    }

    /// <summary>The weights of some windows.</summary>
    /// <param name="origins">The rows of their origins, counted over all series, [B], int64.</param>
    /// <returns>[B, 1, targets]; owned by the caller's dispose scope.</returns>
    public Tensor For(Tensor origins)
    {
        ArgumentNullException.ThrowIfNull(origins);
        return _weights.index_select(0, origins);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
