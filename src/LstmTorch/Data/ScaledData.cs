using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Data;

/// <summary>The scaled rows of all series on a device. Windows are gathered from them by index; none is ever stored.</summary>
public sealed class ScaledData : IDisposable
{
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly Tensor? _known;
    private readonly Tensor? _knownRows;
    private readonly Tensor? _measured;
    private readonly Tensor _contextSteps;
    private readonly Tensor _futureSteps;
    private readonly long[] _starts;
    private readonly string[] _ids;

    /// <summary>Scales the rows as the configuration says.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="config">Columns, scales, context length and horizon.</param>
    /// <param name="device">Where the rows shall live.</param>
    /// <exception cref="Runtime.LstmTorchException">The model scales each series by itself, and has not seen one of these.</exception>
    public ScaledData(TimeSeriesSet set, ForecasterConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        _starts = new long[set.Series.Count];
        for (int s = 1; s < _starts.Length; s++)
            _starts[s] = _starts[s - 1] + set.Series[s - 1].Length;
        _ids = [.. set.Series.Select(series => series.Id)];
        _inputs = Scale(set, config.Inputs, id => config.ForSeries(id).InputScalers, device);
        _targets = Scale(set, config.Targets, id => config.ForSeries(id).TargetScalers, device);
        _known = config.FutureCovariates.Count == 0 ? null : ScaleKnown(set, config, device);
        _knownRows = _known is null || set.Series.All(series => series.Ahead.Rows == 0) ? null : KnownRows(set, device);
        _measured = set.MissingFilled == 0 ? null : Measured(set, config.Targets, device);
        _contextSteps = Steps(1 - config.ContextLength, 0, device);
        _futureSteps = Steps(1, config.Horizon, device);
    }

    /// <summary>
    /// The rows of the origins of some windows, by which everything else of them is found on the device: a training brings those of a
    /// whole epoch there at once, so that nothing has to cross for a batch.
    /// </summary>
    /// <param name="windows">The windows, of the configuration's context length.</param>
    /// <param name="indices">Which of them, [N].</param>
    /// <returns>Rows counted over all series, [N], int64; owned by the caller's dispose scope.</returns>
    public Tensor Origins(WindowIndex windows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(windows);
        long[] rows = new long[indices.Length];
        for (int n = 0; n < rows.Length; n++)
        {
            Window window = windows[indices[n]];
            rows[n] = _starts[window.Series] + window.Origin;
        }

        return tensor(rows, device: _inputs.device);
    }

    /// <summary>Some windows to learn from; the tensors are owned by the caller's dispose scope.</summary>
    /// <param name="origins">Their origins, [B].</param>
    /// <param name="weights">What the errors of each series are multiplied by; null for 1.</param>
    public TrainingBatch Batch(Tensor origins, SeriesWeights? weights = null) => new(Contexts(origins), Futures(origins))
    {
        Known = Known(origins),
        Measured = _measured is null ? null : Rows(_measured, origins, _futureSteps),
        Weights = weights?.For(origins),
    };

    /// <summary>The covariates that are known in advance after the origins of some windows.</summary>
    /// <param name="origins">The origins, [B].</param>
    /// <returns>Scaled, dimensionless, [B, horizon, F]; null where the model sees none. Owned by the caller's dispose scope.</returns>
    public Tensor? Known(Tensor origins)
    {
        if (_known is null)
            return null;
        using var scope = NewDisposeScope();
        return Rows(_known, _knownRows?.index_select(0, origins) ?? origins, _futureSteps).MoveToOuterDisposeScope();
    }

    /// <summary>The contexts of some windows.</summary>
    /// <param name="origins">Their origins, [B], as <see cref="Origins"/> gives them.</param>
    /// <returns>Scaled inputs, dimensionless, [B, T, D]; owned by the caller's dispose scope.</returns>
    public Tensor Contexts(Tensor origins) => Rows(_inputs, origins, _contextSteps);

    /// <summary>What came true after the origins of some windows; their whole horizons must lie inside the data.</summary>
    /// <param name="origins">Their origins, [B], as <see cref="Origins"/> gives them.</param>
    /// <returns>Scaled targets, dimensionless, [B, horizon, targets]; owned by the caller's dispose scope.</returns>
    public Tensor Futures(Tensor origins) => Rows(_targets, origins, _futureSteps);

    /// <summary>The id of a series.</summary>
    internal string IdOf(int series) => _ids[series];

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _targets.Dispose();
        _contextSteps.Dispose();
        _futureSteps.Dispose();
        _known?.Dispose();
        _knownRows?.Dispose();
        _measured?.Dispose();
    }

    /// <summary>Where each row of the data stands among the known ones, which go on after the last row of a series.</summary>
    private static Tensor KnownRows(TimeSeriesSet set, Device device)
    {
        var rows = new List<long>(set.Rows);
        long first = 0;
        foreach (TimeSeries series in set.Series)
        {
            for (int row = 0; row < series.Length; row++)
                rows.Add(first + row);
            first += series.Length + series.Ahead.Rows;
        }

        using var scope = NewDisposeScope();
        return tensor(rows.ToArray(), device: device).DetachFromDisposeScope();
    }

    private static Tensor Rows(Tensor rows, Tensor origins, Tensor steps)
    {
        ArgumentNullException.ThrowIfNull(origins);
        using var scope = NewDisposeScope();
        Tensor index = origins.unsqueeze(1).add(steps, alpha: HeldScalars.One);
        return rows.index_select(0, index.view(-1)).view(origins.shape[0], steps.shape[0], rows.shape[1]).MoveToOuterDisposeScope();
    }

    private static Tensor Steps(int first, int last, Device device)
    {
        using Scalar start = first, end = last + 1;
        return arange(start, end, HeldScalars.One, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
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

        return OnDevice(scaled, columns.Count, device);
    }

    private static Tensor ScaleKnown(TimeSeriesSet set, ForecasterConfig config, Device device)
    {
        var scaled = new List<float>();
        List<string> inputs = [.. config.Inputs];
        foreach (TimeSeries series in set.Series)
        {
            double[][] columns = [.. config.FutureCovariates.Select(_ => new double[series.Length + series.Ahead.Rows])];
            for (int c = 0; c < columns.Length; c++)
                series.Known(config.FutureCovariates[c], 0, columns[c]);
            IReadOnlyList<ColumnScaler> ofSeries = config.ForSeries(series.Id).InputScalers;
            ColumnScaler[] scalers = [.. config.FutureCovariates.Select(covariate => ofSeries[inputs.IndexOf(covariate)])];
            for (int row = 0; row < columns[0].Length; row++)
                scaled.AddRange(columns.Select((column, c) => (float)scalers[c].Transform(column[row])));
        }

        return OnDevice([.. scaled], config.FutureCovariates.Count, device);
    }

    /// <summary>1 where a target was measured, 0 where it is filled; null where none is.</summary>
    private static Tensor? Measured(TimeSeriesSet set, IReadOnlyList<string> targets, Device device)
    {
        float[] measured = new float[(long)set.Rows * targets.Count];
        Array.Fill(measured, 1);
        long start = 0;
        foreach (TimeSeries series in set.Series)
        {
            for (int c = 0; c < targets.Count; c++)
            {
                ReadOnlySpan<bool> filled = series.Filled(targets[c]);
                for (int row = 0; row < filled.Length; row++)
                    measured[((start + row) * targets.Count) + c] = filled[row] ? 0 : 1;
            }

            start += series.Length;
        }

        return measured.Contains(0) ? OnDevice(measured, targets.Count, device) : null;
    }

    private static Tensor OnDevice(float[] rows, int columns, Device device)
    {
        using var scope = NewDisposeScope();
        return tensor(rows, device: device).view(rows.Length / Math.Max(1, columns), columns).DetachFromDisposeScope();
    }
}
