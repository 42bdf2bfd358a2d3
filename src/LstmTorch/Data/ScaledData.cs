using LstmTorch.Runtime.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Data;

/// <summary>The scaled rows of all series on a device. Windows are gathered from them by index; none is ever stored.</summary>
public sealed class ScaledData : IDisposable
{
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly long[] _starts;
    private readonly string[] _ids;
    private readonly int _horizon;

    /// <summary>Scales the rows as the configuration says.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="config">Columns, scales, context length and horizon.</param>
    /// <param name="device">Where the rows shall live.</param>
    /// <exception cref="Runtime.LstmTorchException">The model scales each series by itself, and has not seen one of these.</exception>
    public ScaledData(TimeSeriesSet set, ForecasterConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        _horizon = config.Horizon;
        _starts = new long[set.Series.Count];
        for (int s = 1; s < _starts.Length; s++)
            _starts[s] = _starts[s - 1] + set.Series[s - 1].Length;
        _ids = [.. set.Series.Select(series => series.Id)];
        _inputs = Scale(set, config.Inputs, id => config.ForSeries(id).InputScalers, device);
        _targets = Scale(set, config.Targets, id => config.ForSeries(id).TargetScalers, device);
    }

    /// <summary>The contexts of some windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="indices">Which of them, [B].</param>
    /// <returns>Scaled inputs, dimensionless, [B, T, D]; owned by the caller's dispose scope.</returns>
    public Tensor Contexts(WindowIndex windows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return Rows(_inputs, windows, indices, 1 - windows.ContextLength, windows.ContextLength);
    }

    /// <summary>What came true after the origins of some windows; their whole horizons must lie inside the data.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="indices">Which of them, [B].</param>
    /// <returns>Scaled targets, dimensionless, [B, horizon, targets]; owned by the caller's dispose scope.</returns>
    public Tensor Futures(WindowIndex windows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return Rows(_targets, windows, indices, 1, _horizon);
    }

    /// <summary>The id of a series.</summary>
    internal string IdOf(int series) => _ids[series];

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _targets.Dispose();
    }

    private Tensor Rows(Tensor rows, WindowIndex windows, ReadOnlySpan<int> indices, int offset, int count)
    {
        using var scope = NewDisposeScope();
        long[] first = new long[indices.Length];
        for (int n = 0; n < first.Length; n++)
        {
            Window window = windows[indices[n]];
            first[n] = _starts[window.Series] + window.Origin + offset;
        }

        // Every window's rows are counted from its first on the device: only the first ones cross to it.
        using Scalar end = count;
        Tensor steps = arange(HeldScalars.Zero, end, HeldScalars.One, dtype: ScalarType.Int64, device: rows.device);
        Tensor index = tensor(first, device: rows.device).unsqueeze(1).add(steps, alpha: HeldScalars.One);
        return rows.index_select(0, index.view(-1)).view(indices.Length, count, rows.shape[1]).MoveToOuterDisposeScope();
    }

    private static Tensor Scale(TimeSeriesSet set, IReadOnlyList<string> columns, Func<string, IReadOnlyList<ColumnScaler>> scalersOf, Device device)
    {
        float[] scaled = new float[(long)set.Rows * columns.Count];
        long start = 0;
        foreach (TimeSeries series in set.Series)
        {
            IReadOnlyList<ColumnScaler> scalers = scalersOf(series.Id);
            for (int c = 0; c < columns.Count; c++)
            {
                ReadOnlySpan<double> column = series.Column(columns[c]);
                for (int row = 0; row < column.Length; row++)
                    scaled[((start + row) * columns.Count) + c] = (float)scalers[c].Transform(column[row]);
            }

            start += series.Length;
        }

        using var scope = NewDisposeScope();
        return tensor(scaled, device: device).view(set.Rows, columns.Count).DetachFromDisposeScope();
    }
}
