using System.Buffers;
using System.Numerics;
using LstmTorch.Runtime.Inference;
using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime;

/// <summary>
/// A trained model that forecasts: windows of raw values in, forecasts in original units out. Needs no libtorch and no other
/// package.
/// </summary>
/// <remarks>
/// <para>Any number of threads may call it at the same time. Weights are packed once, when it is made; memory for the work
/// is kept for the next call, so that calls of a size that was there before allocate nothing. There is nothing to dispose of.</para>
/// <para>Dropout is off, as it is outside of training. Columns lie in the order of <see cref="ForecasterConfig.Inputs"/> and
/// <see cref="ForecasterConfig.Targets"/>.</para>
/// </remarks>
public sealed unsafe class Forecaster
{
    // Windows that run side by side: as many as make the products fast, few enough for their states to stay in the caches.
    private const int MostRows = 48;

    // What the layers hand to each other in one go, in floats: it should stay in the second-level cache, beside the weights.
    private const int MostBetween = 64 << 10;

    // A second thread pays where each has this many floating-point operations, some 20 µs.
    private const double SmallestShare = 1_000_000;

    private readonly PackedNetwork _network;
    private readonly Forecaster[] _others;
    private readonly Stack<NetworkRun> _idle = new();
    private readonly Lock _lock = new();
    private readonly double _flops;
    private readonly int _widest;

    /// <summary>Prepares a model that has been read.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="LstmTorchException">A window has more numbers than one array can hold.</exception>
    public Forecaster(ModelFile model)
    {
        ArgumentNullException.ThrowIfNull(model);
        IReadOnlyList<ModelFile> members = model.Members;
        Config = model.Config;
        _network = new PackedNetwork(members[0]);
        _others = [.. members.Skip(1).Select(member => new Forecaster(member))];
        long windowSize = (long)Config.ContextLength * _network.InputSize;
        if (windowSize > Array.MaxLength)
            throw new LstmTorchException(ErrorKind.Usage, $"a context of {Config.ContextLength} rows of {_network.InputSize} columns is more than one call can hold");
        if ((long)Config.Horizon * Config.FutureCovariates.Count > Array.MaxLength)
            throw new LstmTorchException(ErrorKind.Usage, $"a horizon of {Config.Horizon} rows of {Config.FutureCovariates.Count} known covariates is more than one call can hold");
        WindowSize = (int)windowSize;
        int patches = Config.ContextLength / Config.PatchLength;
        _flops = _network.Layers.Sum(layer => (layer.Shape with { Steps = patches }).Flops);
        _widest = _network.Layers.Max(layer => layer.Shape.HiddenSize);
    }

    private Forecaster(Forecaster other, SeriesScale scale)
    {
        Config = other.Config.ForSeries(scale);
        _network = other._network.With(scale);
        _others = [.. other._others.Select(member => new Forecaster(member, scale))];
        (WindowSize, _flops, _widest) = (other.WindowSize, other._flops, other._widest);
    }

    /// <summary>What the model reads and predicts, and how it is built.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>Numbers of one window: context length · inputs.</summary>
    public int WindowSize { get; }

    /// <summary>Numbers of one forecast: horizon · targets.</summary>
    public int ForecastSize => Config.Horizon * Config.Targets.Count;

    /// <summary>Numbers of the quantiles of one forecast: horizon · targets · quantiles; 0 for a model without them.</summary>
    public int QuantilesSize => _network.OutputSize * _network.QuantileCount;

    /// <summary>Numbers of the known covariates of one window: horizon · future covariates; 0 for a model without.</summary>
    public int KnownSize => _network.KnownSize;

    /// <summary>The networks of the model, for the streams that run them.</summary>
    internal IEnumerable<PackedNetwork> Networks => [_network, .. _others.Select(other => other._network)];

    /// <summary>Reads a model.</summary>
    /// <param name="path">A run directory, or a model.safetensors.</param>
    /// <exception cref="LstmTorchException">The file is missing, or not a whole model.</exception>
    public static Forecaster Load(string path) => new(ModelFile.Read(path));

    /// <summary>Forecasts what follows each of some windows.</summary>
    /// <param name="windows">[windows, context length, inputs], oldest row first, in original units.</param>
    /// <param name="forecasts">[windows, horizon, targets], in original units; unspecified after an error.</param>
    /// <param name="threads">Threads to use, the caller's included; null for one where the work is small, and else one a core.</param>
    /// <exception cref="LstmTorchException">A span has the wrong size, or a value is not finite; the message names its row and column.</exception>
    public void Forecast(ReadOnlySpan<float> windows, Span<float> forecasts, int? threads = null) => Run(windows, [], forecasts, threads, allQuantiles: false);

    /// <inheritdoc cref="Forecast(ReadOnlySpan{float}, Span{float}, int?)"/>
    /// <remarks>The network computes in float32; scales are applied in float64.</remarks>
    public void Forecast(ReadOnlySpan<double> windows, Span<double> forecasts, int? threads = null) => Run(windows, [], forecasts, threads, allQuantiles: false);

    /// <summary>Forecasts the quantiles of what follows each of some windows; that of 0.5 is the forecast.</summary>
    /// <param name="windows">[windows, context length, inputs], oldest row first, in original units.</param>
    /// <param name="quantiles">[windows, horizon, targets, <see cref="ForecasterConfig.Quantiles"/>], ascending, in original units; unspecified after an error.</param>
    /// <param name="threads">Threads to use, the caller's included; null for one where the work is small, and else one a core.</param>
    /// <exception cref="LstmTorchException">The model has no quantiles, a span has the wrong size, or a value is not finite.</exception>
    public void ForecastQuantiles(ReadOnlySpan<float> windows, Span<float> quantiles, int? threads = null) => Run(windows, [], quantiles, threads, allQuantiles: true);

    /// <inheritdoc cref="ForecastQuantiles(ReadOnlySpan{float}, Span{float}, int?)"/>
    /// <remarks>The network computes in float32; scales are applied in float64.</remarks>
    public void ForecastQuantiles(ReadOnlySpan<double> windows, Span<double> quantiles, int? threads = null) => Run(windows, [], quantiles, threads, allQuantiles: true);

    /// <summary>Forecasts what follows each of some windows, by a model that sees covariates that are known in advance.</summary>
    /// <param name="windows">[windows, context length, inputs], oldest row first, in original units.</param>
    /// <param name="known">
    /// [windows, horizon, future covariates]: the values of <see cref="ForecasterConfig.FutureCovariates"/>, in their order, of the rows
    /// after each window, in original units.
    /// </param>
    /// <param name="forecasts">[windows, horizon, targets], in original units; unspecified after an error.</param>
    /// <param name="threads">Threads to use, the caller's included; null for one where the work is small, and else one a core.</param>
    /// <exception cref="LstmTorchException">A span has the wrong size, or a value is not finite; the message names its row and column.</exception>
    public void Forecast(ReadOnlySpan<float> windows, ReadOnlySpan<float> known, Span<float> forecasts, int? threads = null) => Run(windows, known, forecasts, threads, allQuantiles: false);

    /// <inheritdoc cref="Forecast(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int?)"/>
    /// <remarks>The network computes in float32; scales are applied in float64.</remarks>
    public void Forecast(ReadOnlySpan<double> windows, ReadOnlySpan<double> known, Span<double> forecasts, int? threads = null) => Run(windows, known, forecasts, threads, allQuantiles: false);

    /// <summary>Forecasts the quantiles of what follows each of some windows, by a model that sees covariates that are known in advance.</summary>
    /// <param name="windows">[windows, context length, inputs], oldest row first, in original units.</param>
    /// <param name="known">[windows, horizon, future covariates], in original units.</param>
    /// <param name="quantiles">[windows, horizon, targets, <see cref="ForecasterConfig.Quantiles"/>], ascending, in original units; unspecified after an error.</param>
    /// <param name="threads">Threads to use, the caller's included; null for one where the work is small, and else one a core.</param>
    /// <exception cref="LstmTorchException">The model has no quantiles, a span has the wrong size, or a value is not finite.</exception>
    public void ForecastQuantiles(ReadOnlySpan<float> windows, ReadOnlySpan<float> known, Span<float> quantiles, int? threads = null) => Run(windows, known, quantiles, threads, allQuantiles: true);

    /// <inheritdoc cref="ForecastQuantiles(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int?)"/>
    /// <remarks>The network computes in float32; scales are applied in float64.</remarks>
    public void ForecastQuantiles(ReadOnlySpan<double> windows, ReadOnlySpan<double> known, Span<double> quantiles, int? threads = null) => Run(windows, known, quantiles, threads, allQuantiles: true);

    /// <summary>The forecaster of one series, for a model that scales each by itself; the weights are shared.</summary>
    /// <param name="id">The series' id, as the data of the training had it.</param>
    /// <exception cref="LstmTorchException">The model has not seen this series.</exception>
    public Forecaster ForSeries(string id)
    {
        ForecasterConfig config = Config.ForSeries(id);
        return ReferenceEquals(config, Config) ? this : ForSeries(new SeriesScale(id, config.InputScalers, config.TargetScalers));
    }

    /// <summary>The forecaster of a series that the model has not seen, by scales of its own.</summary>
    /// <param name="scale">
    /// The scales, of the kind that <see cref="ForecasterConfig.Scaler"/> names: <see cref="ColumnScaler.Fit(ScalerKind, ReadOnlySpan{double}, double?)"/>
    /// fits them to rows of the series that are known.
    /// </param>
    public Forecaster ForSeries(SeriesScale scale) => new(this, scale);

    /// <summary>Starts a stream of observations: one row after another, a forecast whenever one is wanted.</summary>
    public StreamingForecaster Stream() => new(this);

    private void Run<T>(ReadOnlySpan<T> windows, ReadOnlySpan<T> known, Span<T> forecasts, int? threads, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckScales();
        int count = CountOf(windows.Length, known.Length, forecasts.Length, allQuantiles);
        if (threads < 1)
            throw new LstmTorchException(ErrorKind.Usage, $"threads is {threads}; it must be at least 1");
        if (Config.Strategy == ForecastStrategy.Recursive)
            RunRecursively(windows, forecasts, count, threads);
        else
            RunOnce(windows, known, forecasts, count, threads, allQuantiles);
        if (_others.Length > 0)
            AverageWithOthers(windows, known, forecasts, threads, allQuantiles);
    }

    /// <summary>The steps that the network itself gives.</summary>
    private void RunOnce<T>(ReadOnlySpan<T> windows, ReadOnlySpan<T> known, Span<T> forecasts, int count, int? threads, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int parts = Math.Min(threads ?? (int)Math.Clamp(count * _flops / SmallestShare, 1, WorkerTeam.Threads), count);
        fixed (T* from = windows)
        {
            fixed (T* ahead = known, to = forecasts)
            {
#pragma warning disable CS8500 // The variable lives in this frame, which waits for every user of the pointer.
                var call = new Call<T> { Forecaster = this, Windows = from, Known = ahead, Forecasts = to, Count = count, Parts = parts, AllQuantiles = allQuantiles };
                WorkerTeam.Current.Run(parts, &RunPart<T>, &call);
#pragma warning restore CS8500
            }
        }
    }

    /// <summary>Feeds each step's forecast back, in float64, so that rounding stays that of the network.</summary>
    private void RunRecursively<T>(ReadOnlySpan<T> windows, Span<T> forecasts, int count, int? threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int inputs = _network.InputSize;
        double[] rentedRows = ArrayPool<double>.Shared.Rent(windows.Length), rentedNext = ArrayPool<double>.Shared.Rent(count * inputs);
        try
        {
            Span<double> rows = rentedRows.AsSpan(0, windows.Length), next = rentedNext.AsSpan(0, count * inputs);
            for (int n = 0; n < rows.Length; n++)
                rows[n] = double.CreateTruncating(windows[n]);
            for (int step = 0; step < Config.Horizon; step++)
            {
                if (step > 0)
                    MoveOn(rows, next);
                RunOnce<double>(rows, [], next, count, threads, allQuantiles: false);
                for (int window = 0; window < count; window++)
                {
                    for (int target = 0; target < inputs; target++)
                        forecasts[(window * ForecastSize) + (step * inputs) + target] = T.CreateTruncating(next[(window * inputs) + target]);
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rentedRows);
            ArrayPool<double>.Shared.Return(rentedNext);
        }
    }

    /// <summary>Each window loses its oldest row and gains its forecast.</summary>
    private void MoveOn(Span<double> rows, ReadOnlySpan<double> next)
    {
        int inputs = _network.InputSize;
        for (int window = 0; window < rows.Length / WindowSize; window++)
        {
            Span<double> moved = rows.Slice(window * WindowSize, WindowSize);
            moved[inputs..].CopyTo(moved);
            for (int target = 0; target < inputs; target++)
                moved[WindowSize - inputs + _network.TargetColumns[target]] = next[(window * inputs) + target];
        }
    }

    /// <summary>Makes the first network's forecasts the mean of all.</summary>
    private void AverageWithOthers<T>(ReadOnlySpan<T> windows, ReadOnlySpan<T> known, Span<T> forecasts, int? threads, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] rented = ArrayPool<T>.Shared.Rent(forecasts.Length);
        Span<T> another = rented.AsSpan(0, forecasts.Length);
        foreach (Forecaster other in _others)
        {
            other.Run(windows, known, another, threads, allQuantiles);
            for (int n = 0; n < forecasts.Length; n++)
                forecasts[n] += another[n];
        }

        for (int n = 0; n < forecasts.Length; n++)
            forecasts[n] /= T.CreateTruncating(_others.Length + 1);
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Refuses values of which nobody said of which series they are.</summary>
    internal void CheckScales()
    {
        if (Config.SeriesScales.Count > 0)
            throw new LstmTorchException(ErrorKind.Usage, $"this model scales each series by itself; name one: ForSeries(\"{Config.SeriesScales[0].Id}\")");
    }

    private int CountOf(int windows, int known, int forecasts, bool allQuantiles)
    {
        if (allQuantiles)
            _network.RequireQuantiles();
        int size = allQuantiles ? QuantilesSize : ForecastSize;
        int count = windows / WindowSize;
        if (count * WindowSize != windows)
        {
            throw new LstmTorchException(
                ErrorKind.Usage,
                $"{windows} values are not whole windows: one has {Config.ContextLength} rows of {_network.InputSize} columns, {WindowSize} values");
        }

        if (known != (long)count * KnownSize)
        {
            throw new LstmTorchException(
                ErrorKind.Usage,
                KnownSize == 0
                    ? "this model sees no covariates that are known in advance; leave them out"
                    : $"{known} values of known covariates, but {count} windows need {(long)count * KnownSize}: {Config.Horizon} steps of {string.Join(", ", Config.FutureCovariates)} each");
        }

        return forecasts == (long)count * size
            ? count
            : throw new LstmTorchException(
                ErrorKind.Usage,
                $"there is room for {forecasts} values, but the forecasts of {count} windows take {(long)count * size}: {Config.Horizon} steps of {Config.Targets.Count} targets each{(allQuantiles ? $", with {Config.Quantiles.Count} quantiles" : string.Empty)}");
    }

    private static void RunPart<T>(void* state, int part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
#pragma warning disable CS8500 // See Run.
        var call = (Call<T>*)state;
#pragma warning restore CS8500
        int first = (int)((long)call->Count * part / call->Parts), end = (int)((long)call->Count * (part + 1) / call->Parts);
        call->Forecaster.Run(call, first, end);
    }

#pragma warning disable CS8500 // See Run.
    private void Run<T>(Call<T>* call, int first, int end)
#pragma warning restore CS8500
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Blocks of nearly equal size: 50 windows are 25 and 25, not 48 and 2.
        int blocks = (end - first + MostRows - 1) / MostRows;
        NetworkRun run = Rent((end - first + blocks - 1) / blocks);
        try
        {
            for (int block = 0; block < blocks; block++)
            {
                int start = first + (int)((long)(end - first) * block / blocks), stop = first + (int)((long)(end - first) * (block + 1) / blocks);
                RunBlock(call, run, start, stop - start);
            }
        }
        finally
        {
            lock (_lock)
                _idle.Push(run);
        }
    }

#pragma warning disable CS8500 // See Run.
    private void RunBlock<T>(Call<T>* call, NetworkRun run, int start, int rows)
#pragma warning restore CS8500
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int inputs = _network.InputSize, context = Config.ContextLength, patch = Config.PatchLength;
        int size = call->AllQuantiles ? QuantilesSize : _network.OutputSize;
        run.Restart();
        for (int first = 0; first < context; first += run.Steps * patch)
        {
            int count = Math.Min(run.Steps * patch, context - first);
            for (int row = 0; row < rows; row++)
            {
                T* window = call->Windows + ((start + row) * (nint)context * inputs);
                if (first == 0)
                    run.Levels(row).Measure(new ReadOnlySpan<T>(window, context * inputs));
                for (int n = 0; n < count; n++)
                {
                    var values = new ReadOnlySpan<T>(window + ((first + n) * (nint)inputs), inputs);
                    float* scaled = run.Input + (((((nint)(n / patch) * rows) + row) * patch) + (n % patch)) * inputs;
                    if (_network.Scale(values, scaled) is >= 0 and int column)
                        throw _network.Refuse($"window {start + row + 1}, row {first + n + 1}, ", column, values[column]);
                    run.Levels(row).Remove(scaled);
                    run.KeepPast(row, first + n, scaled);
                }
            }

            run.Advance(rows, count / patch);
        }

        for (int row = 0; row < rows && KnownSize > 0; row++)
            TakeKnown(new ReadOnlySpan<T>(call->Known + ((start + row) * (nint)KnownSize), KnownSize), run.Known(row), start + row);
        for (int row = 0; row < rows; row++)
            run.Project(row, new Span<T>(call->Forecasts + ((start + row) * (nint)size), size), call->AllQuantiles);
    }

    private void TakeKnown<T>(ReadOnlySpan<T> known, Span<float> scaled, int window)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_network.ScaleKnown(known, scaled) is >= 0 and int number)
            throw _network.RefuseKnown($"window {window + 1}, step {(number / Config.FutureCovariates.Count) + 1} after its end, ", number, known[number]);
    }

    /// <summary>An idle run with room for so many windows; one that is too small gives way to a larger one.</summary>
    private NetworkRun Rent(int rows)
    {
        NetworkRun? run;
        lock (_lock)
            _idle.TryPop(out run);
        if (run?.Rows >= rows)
            return run;
        int steps = Math.Clamp(MostBetween / (2 * rows * _widest), 1, Config.ContextLength / Config.PatchLength);
        return new NetworkRun(_network, rows, steps);
    }

    private struct Call<T>
        where T : unmanaged
    {
        public Forecaster Forecaster;
        public T* Windows;
        public T* Known;
        public T* Forecasts;
        public int Count;
        public int Parts;
        public bool AllQuantiles;
    }
}
