using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using LstmTorch.Runtime.Inference;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime;

/// <summary>
/// A model that follows a stream: it carries h and c of every layer from one observation to the next, so that a new row
/// costs one step, whatever came before.
/// </summary>
/// <remarks>
/// The state starts at zero. After n observations the forecast is that of one window of n rows, whatever the context
/// length: for a stream longer than the windows of the training it is not that of its last window. A model that feeds its
/// forecasts back goes on from them as from observations, and then returns to where it was: its windows grow, where those of
/// a <see cref="Forecaster"/> move. A stream is for one
/// caller at a time; many may share a <see cref="Forecaster"/>. No call but <see cref="SaveState"/> allocates anything.
/// </remarks>
public sealed class StreamingForecaster
{
    private const uint StateVersion = 1;
    private const int HeaderSize = 32, ChecksumSize = 8;

    // One for each network; the first one's columns and scales are those of all.
    private readonly PackedNetwork[] _networks;
    private readonly NetworkRun[] _runs;

    /// <summary>Starts a stream.</summary>
    /// <param name="forecaster">The model.</param>
    /// <exception cref="LstmTorchException">The model reads whole windows: it normalizes them, takes patches of them, or has a highway.</exception>
    public StreamingForecaster(Forecaster forecaster)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        forecaster.CheckScales();
        if (forecaster.Config.Normalize != WindowNormalization.None)
            throw new LstmTorchException(ErrorKind.Usage, "a stream needs a model without window normalization; train it with --normalize none, or forecast whole windows");
        if (forecaster.Config is not { PatchLength: 1, Highway: false })
            throw new LstmTorchException(ErrorKind.Usage, "a stream needs a model without patches and highway, which read whole windows; train it without --patch-length and --highway, or forecast whole windows");
        _networks = [.. forecaster.Networks];
        _runs = [.. _networks.Select(network => new NetworkRun(network, rows: 1, steps: 1))];
    }

    /// <summary>How many rows were observed since the start or the last <see cref="Reset"/>.</summary>
    public long Observations { get; private set; }

    private static ReadOnlySpan<byte> Magic => "LSTMflow"u8;

    private PackedNetwork First => _networks[0];

    private int StateSize => _runs.Sum(run => run.State.Length) * sizeof(float);

    /// <summary>Tells models apart whose states mean something else; that of a lone network is its own.</summary>
    private ulong Identity
    {
        get
        {
            if (_networks.Length == 1)
                return First.Fingerprint;
            var all = new Fingerprint();
            foreach (PackedNetwork network in _networks)
                all.Add(BitConverter.GetBytes(network.Fingerprint));
            return all.Value;
        }
    }

    /// <summary>Takes the next row.</summary>
    /// <param name="values">[inputs], in original units.</param>
    /// <exception cref="LstmTorchException">A wrong number of values, or one that is not finite; nothing has changed.</exception>
    public void Observe(ReadOnlySpan<float> values) => Take(values);

    /// <inheritdoc cref="Observe(ReadOnlySpan{float})"/>
    public void Observe(ReadOnlySpan<double> values) => Take(values);

    /// <summary>Forecasts what follows the last observation.</summary>
    /// <param name="forecast">[horizon, targets], in original units.</param>
    /// <exception cref="LstmTorchException">The span has another size, or nothing was observed yet.</exception>
    public void Forecast(Span<float> forecast) => Project([], forecast, allQuantiles: false);

    /// <inheritdoc cref="Forecast(Span{float})"/>
    public void Forecast(Span<double> forecast) => Project([], forecast, allQuantiles: false);

    /// <summary>Forecasts the quantiles of what follows the last observation; that of 0.5 is the forecast.</summary>
    /// <param name="quantiles">[horizon, targets, <see cref="ForecasterConfig.Quantiles"/>], ascending, in original units.</param>
    /// <exception cref="LstmTorchException">The model has no quantiles, the span has another size, or nothing was observed yet.</exception>
    public void ForecastQuantiles(Span<float> quantiles) => Project([], quantiles, allQuantiles: true);

    /// <inheritdoc cref="ForecastQuantiles(Span{float})"/>
    public void ForecastQuantiles(Span<double> quantiles) => Project([], quantiles, allQuantiles: true);

    /// <summary>Forecasts what follows the last observation, by a model that sees covariates that are known in advance.</summary>
    /// <param name="known">[horizon, future covariates]: the values of <see cref="ForecasterConfig.FutureCovariates"/> after the last observation, in original units.</param>
    /// <param name="forecast">[horizon, targets], in original units.</param>
    /// <exception cref="LstmTorchException">A span has another size, a value is not finite, or nothing was observed yet.</exception>
    public void Forecast(ReadOnlySpan<float> known, Span<float> forecast) => Project(known, forecast, allQuantiles: false);

    /// <inheritdoc cref="Forecast(ReadOnlySpan{float}, Span{float})"/>
    public void Forecast(ReadOnlySpan<double> known, Span<double> forecast) => Project(known, forecast, allQuantiles: false);

    /// <summary>Forecasts the quantiles of what follows the last observation, by a model that sees covariates that are known in advance.</summary>
    /// <param name="known">[horizon, future covariates], in original units.</param>
    /// <param name="quantiles">[horizon, targets, <see cref="ForecasterConfig.Quantiles"/>], ascending, in original units.</param>
    /// <exception cref="LstmTorchException">The model has no quantiles, a span has another size, a value is not finite, or nothing was observed yet.</exception>
    public void ForecastQuantiles(ReadOnlySpan<float> known, Span<float> quantiles) => Project(known, quantiles, allQuantiles: true);

    /// <inheritdoc cref="ForecastQuantiles(ReadOnlySpan{float}, Span{float})"/>
    public void ForecastQuantiles(ReadOnlySpan<double> known, Span<double> quantiles) => Project(known, quantiles, allQuantiles: true);

    /// <summary>Forgets all observations.</summary>
    public void Reset()
    {
        foreach (NetworkRun run in _runs)
            run.Restart();
        Observations = 0;
    }

    /// <summary>The state as bytes, to go on from in another process.</summary>
    /// <returns>
    /// "LSTMflow", format version (uint32), number of floats (uint32), the model's fingerprint (uint64), observations (int64),
    /// h and c of each layer of each network (float32), checksum (uint64); little-endian.
    /// </returns>
    public byte[] SaveState()
    {
        int size = StateSize;
        byte[] bytes = new byte[HeaderSize + size + ChecksumSize];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), StateVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), size / sizeof(float));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Identity);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Observations);
        int place = HeaderSize;
        foreach (NetworkRun run in _runs)
        {
            ReadOnlySpan<byte> state = MemoryMarshal.AsBytes(run.State);
            state.CopyTo(bytes.AsSpan(place));
            place += state.Length;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(^ChecksumSize..), Checksum(bytes.AsSpan(..^ChecksumSize)));
        GC.KeepAlive(_runs);
        return bytes;
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <param name="bytes">What <see cref="SaveState"/> gave.</param>
    /// <exception cref="LstmTorchException">It is no whole state, of another version or of another model; nothing has changed.</exception>
    public void RestoreState(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize + ChecksumSize || !bytes.StartsWith(Magic))
            throw new LstmTorchException(ErrorKind.Damaged, $"these {bytes.Length} bytes are no saved state of a stream");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != StateVersion)
            throw new LstmTorchException(ErrorKind.Damaged, $"the saved state has format {version}, this program reads {StateVersion}; another version wrote it");
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumSize..]) != Checksum(bytes[..^ChecksumSize]))
            throw new LstmTorchException(ErrorKind.Damaged, "the saved state is damaged: its checksum does not agree");

        ReadOnlySpan<byte> saved = bytes[HeaderSize..^ChecksumSize];
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) != Identity || saved.Length != StateSize)
            throw new LstmTorchException(ErrorKind.Usage, "the saved state belongs to another model; observe the past again with this one");
        foreach (NetworkRun run in _runs)
        {
            Span<byte> state = MemoryMarshal.AsBytes(run.State);
            saved[..state.Length].CopyTo(state);
            saved = saved[state.Length..];
        }

        Observations = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        GC.KeepAlive(_runs);
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var fingerprint = new Fingerprint();
        fingerprint.Add(bytes);
        return fingerprint.Value;
    }

    private unsafe void Take<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (values.Length != First.InputSize)
            throw new LstmTorchException(ErrorKind.Usage, $"an observation of this model has {First.InputSize} values, not {values.Length}: {string.Join(", ", First.Config.Inputs)}");

        // All have the same scales: what the first one takes, the others take too.
        for (int n = 0; n < _runs.Length; n++)
        {
            if (_networks[n].Scale(values, _runs[n].Input) is >= 0 and int column)
                throw First.Refuse($"observation {Observations + 1}, ", column, values[column]);
            _runs[n].Advance(rows: 1, steps: 1);
        }

        Observations++;
    }

    private void Project<T>(ReadOnlySpan<T> known, Span<T> forecast, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (allQuantiles)
            First.RequireQuantiles();
        int size = First.Config.Horizon * First.Config.Targets.Count * (allQuantiles ? First.QuantileCount : 1);
        if (forecast.Length != size)
            throw new LstmTorchException(ErrorKind.Usage, $"there is room for {forecast.Length} values, but a forecast takes {size}: {First.Config.Horizon} steps of {First.Config.Targets.Count} targets{(allQuantiles ? $", with {First.QuantileCount} quantiles" : string.Empty)}");
        if (Observations == 0)
            throw new LstmTorchException(ErrorKind.Usage, "nothing was observed yet; observe at least one row before a forecast");
        if (known.Length != First.KnownSize)
        {
            throw new LstmTorchException(ErrorKind.Usage, First.KnownSize == 0
                ? "this model sees no covariates that are known in advance; leave them out"
                : $"{known.Length} values of known covariates, but a forecast needs {First.KnownSize}: {First.Config.Horizon} steps of {string.Join(", ", First.Config.FutureCovariates)}");
        }

        foreach (NetworkRun run in _runs)
        {
            if (First.ScaleKnown(known, run.Known(0)) is >= 0 and int number)
                throw First.RefuseKnown($"step {(number / First.Config.FutureCovariates.Count) + 1} after the last observation, ", number, known[number]);
        }

        Project(0, forecast, allQuantiles);
        if (_runs.Length > 1)
            AverageWithOthers(forecast, allQuantiles);
    }

    private void Project<T>(int network, Span<T> forecast, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (First.Config.Strategy == ForecastStrategy.Direct)
            _runs[network].Project(0, forecast, allQuantiles);
        else
            ProjectRecursively(_networks[network], _runs[network], forecast);
    }

    private static unsafe void ProjectRecursively<T>(PackedNetwork network, NetworkRun run, Span<T> forecast)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int targets = network.OutputSize, length = run.State.Length;
        float[] kept = ArrayPool<float>.Shared.Rent(length);
        double[] rented = ArrayPool<double>.Shared.Rent(2 * targets);
        Span<double> next = rented.AsSpan(0, targets), row = rented.AsSpan(targets, targets);
        run.State.CopyTo(kept);
        try
        {
            for (int step = 0; step < network.Config.Horizon; step++)
            {
                if (step > 0)
                {
                    for (int target = 0; target < targets; target++)
                        row[network.TargetColumns[target]] = next[target];
                    if (network.Scale<double>(row, run.Input) is >= 0 and int column)
                        throw network.Refuse($"step {step} of the forecast, ", column, row[column]);
                    run.Advance(rows: 1, steps: 1);
                }

                run.Project(0, next, allQuantiles: false);
                for (int target = 0; target < targets; target++)
                    forecast[(step * targets) + target] = T.CreateTruncating(next[target]);
            }
        }
        finally
        {
            kept.AsSpan(0, length).CopyTo(run.State);
            ArrayPool<float>.Shared.Return(kept);
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private void AverageWithOthers<T>(Span<T> forecast, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] rented = ArrayPool<T>.Shared.Rent(forecast.Length);
        Span<T> another = rented.AsSpan(0, forecast.Length);
        for (int network = 1; network < _runs.Length; network++)
        {
            Project(network, another, allQuantiles);
            for (int n = 0; n < forecast.Length; n++)
                forecast[n] += another[n];
        }

        for (int n = 0; n < forecast.Length; n++)
            forecast[n] /= T.CreateTruncating(_runs.Length);
        ArrayPool<T>.Shared.Return(rented);
    }
}
