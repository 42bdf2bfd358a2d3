using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Inference;

/// <summary>
/// A model ready to run: scales, packed layers and head. It never changes, so that any number of threads may use it.
/// </summary>
internal sealed unsafe class PackedNetwork
{
    private readonly ColumnScaler[] _inputScalers;
    private readonly ColumnScaler[] _targetScalers;
    private readonly float[] _headWeight;
    private readonly float[] _headBias;
    private readonly float[]? _highway;
    private readonly Fingerprint _weights;
    private readonly QuantileHead? _quantiles;
    private readonly int[] _knownColumns;

    /// <summary>Packs the weights of a model; the file's own arrays are not needed afterwards.</summary>
    public PackedNetwork(ModelFile model)
    {
        Config = model.Config;
        _inputScalers = [.. Config.InputScalers];
        _targetScalers = [.. Config.TargetScalers];
        List<string> inputs = [.. Config.Inputs];
        KeepsLevel = [.. inputs.Select(Config.NormalizeExcept.Contains)];
        TargetColumns = [.. Config.Targets.Select(target => inputs.IndexOf(target))];
        var tensors = model.Tensors.ToDictionary(tensor => tensor.Name);
        var peephole = new Peephole(Config.Peephole, Config.Connections);
        Layers = new PackedLayer[Config.HiddenSizes.Count];
        for (int k = 0; k < Layers.Length; k++)
            Layers[k] = Pack(tensors, k, k == 0 ? StepSize : Config.HiddenSizes[k - 1], Config.HiddenSizes[k], peephole);
        _headWeight = tensors["head.weight"].Floats.ToArray();
        _headBias = tensors["head.bias"].Floats.ToArray();
        _highway = Config.Highway ? tensors["highway.weight"].Floats.ToArray() : null;
        _quantiles = Config.Distribution == OutputDistribution.Point
            ? null
            : new QuantileHead(Config, tensors.TryGetValue(ModelTensors.Freedom, out SafetensorsTensor? freedom) ? freedom.Floats : []);
        _knownColumns = [.. Config.FutureCovariates.Select(covariate => inputs.IndexOf(covariate))];
        Decoder = _knownColumns.Length == 0 ? null : new CovariateDecoder(tensors, Config);
        _weights = FingerprintOf(model);
    }

    /// <summary>The same weights with other scales.</summary>
    private PackedNetwork(PackedNetwork other, ForecasterConfig config)
    {
        Config = config;
        _inputScalers = [.. config.InputScalers];
        _targetScalers = [.. config.TargetScalers];
        (KeepsLevel, TargetColumns, Layers) = (other.KeepsLevel, other.TargetColumns, other.Layers);
        (_headWeight, _headBias, _highway, _weights) = (other._headWeight, other._headBias, other._highway, other._weights);
        (_quantiles, _knownColumns, Decoder) = (other._quantiles, other._knownColumns, other.Decoder);
    }

    /// <summary>What the model reads and predicts, and how it is built.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>The layers, from the input upwards.</summary>
    public PackedLayer[] Layers { get; }

    /// <summary>Input columns, D.</summary>
    public int InputSize => _inputScalers.Length;

    /// <summary>Inputs of one step of the layers: a patch of rows.</summary>
    public int StepSize => Config.PatchLength * InputSize;

    /// <summary>Numbers of the past of one target that the highway needs; 0 without one.</summary>
    public int HighwaySize => _highway is null ? 0 : Config.ContextLength;

    /// <summary>The input column of each target; -1 where it is none of them.</summary>
    public int[] TargetColumns { get; }

    /// <summary>Whether window normalization leaves an input column as it is.</summary>
    public bool[] KeepsLevel { get; }

    /// <summary>What makes of covariates that are known in advance a part of the forecast; null where there are none.</summary>
    public CovariateDecoder? Decoder { get; }

    /// <summary>Numbers of the known covariates of one window, horizon · covariates.</summary>
    public int KnownSize => Config.Horizon * _knownColumns.Length;

    /// <summary>Numbers that the network gives: its steps · targets.</summary>
    public int OutputSize => Config.NetworkSteps * _targetScalers.Length;

    /// <summary>Quantiles of each number of a forecast; 0 for a model of one number.</summary>
    public int QuantileCount => _quantiles?.Count ?? 0;

    /// <summary>Tells the models apart whose states mean the same from those whose do not: weights, input columns and their scales.</summary>
    public ulong Fingerprint
    {
        get
        {
            Fingerprint fingerprint = _weights;
            foreach (var (name, scaler) in Config.Inputs.Zip(_inputScalers))
            {
                fingerprint.Add(Encoding.UTF8.GetBytes(name));
                fingerprint.Add(MemoryMarshal.AsBytes(scaler.Power is { } power ? [scaler.Offset, scaler.Scale, power] : (ReadOnlySpan<double>)[scaler.Offset, scaler.Scale]));
            }

            return fingerprint.Value;
        }
    }

    /// <summary>The network for a series with scales of its own; nothing is packed again.</summary>
    public PackedNetwork With(SeriesScale scale) => new(this, Config.ForSeries(scale));

    /// <summary>Brings one row of inputs to the model's scale.</summary>
    /// <param name="values">[D], in original units.</param>
    /// <param name="scaled">[D], dimensionless.</param>
    /// <returns>The first column whose value cannot be used, or -1.</returns>
    public int Scale<T>(ReadOnlySpan<T> values, float* scaled)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ColumnScaler[] scalers = _inputScalers;
        for (int column = 0; column < scalers.Length; column++)
        {
            float value = (float)scalers[column].Transform(double.CreateTruncating(values[column]));
            if (!float.IsFinite(value))
                return column;
            scaled[column] = value;
        }

        return -1;
    }

    /// <summary>Brings the known covariates of one window to the model's scale.</summary>
    /// <param name="values">[horizon, covariates], in original units.</param>
    /// <param name="scaled">[horizon, covariates], dimensionless.</param>
    /// <returns>The place of the first value that cannot be used, or -1.</returns>
    public int ScaleKnown<T>(ReadOnlySpan<T> values, Span<float> scaled)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int n = 0; n < values.Length; n++)
        {
            float value = (float)Scale(values[n], _knownColumns[n % _knownColumns.Length]);
            if (!float.IsFinite(value))
                return n;
            scaled[n] = value;
        }

        return -1;
    }

    /// <summary>Why a known covariate cannot be used, in words that follow its place.</summary>
    public LstmTorchException RefuseKnown<T>(string place, int number, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Refuse(place, _knownColumns[number % _knownColumns.Length], value);

    /// <summary>Brings one value to the model's scale.</summary>
    public double Scale<T>(T value, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => _inputScalers[column].Transform(double.CreateTruncating(value));

    /// <summary>Why a value cannot be used, in words that follow its place.</summary>
    public LstmTorchException Refuse<T>(string place, int column, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
            ErrorKind.BadData,
            T.IsFinite(value)
                ? _inputScalers[column].Power is not null && value <= T.Zero
                    ? $"{place}column '{Config.Inputs[column]}': {value} is not above 0, and this model takes logarithms"
                    : $"{place}column '{Config.Inputs[column]}': {value} is too large for the scale of this model"
                : $"{place}column '{Config.Inputs[column]}': {value} is not a finite number; fill missing values first");

    /// <summary>Finds out whether the model has quantiles.</summary>
    /// <exception cref="LstmTorchException">It has none.</exception>
    public void RequireQuantiles()
    {
        if (_quantiles is null)
            throw new LstmTorchException(ErrorKind.Usage, "this model has no quantiles; train it with --loss quantile, gaussian or student-t");
    }

    /// <summary>From the last hidden state of a sequence to its forecast.</summary>
    /// <param name="hidden">[H] of the last layer.</param>
    /// <param name="past">The normalized past of its targets, [targets, <see cref="HighwaySize"/>].</param>
    /// <param name="levels">What was taken from its window.</param>
    /// <param name="added">What <see cref="Decoder"/> adds to what the head says, scaled; empty where there is none.</param>
    /// <param name="forecast">[<see cref="ForecasterConfig.NetworkSteps"/>, targets], in original units; with all quantiles [steps, targets, quantiles].</param>
    /// <param name="allQuantiles">Whether all of them are wanted, and not the median alone.</param>
    public void Project<T>(
        ReadOnlySpan<float> hidden, ReadOnlySpan<float> past, WindowLevels levels, ReadOnlySpan<float> added, Span<T> forecast, bool allQuantiles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int outputs = Config.OutputsPerValue;
        Span<float> said = stackalloc float[outputs], quantiles = stackalloc float[QuantileCount];
        int target = 0, step = 0;
        for (int value = 0; value < OutputSize; value++)
        {
            for (int n = 0; n < outputs; n++)
            {
                int output = (value * outputs) + n;
                said[n] = _headBias[output] + Dot(hidden, _headWeight.AsSpan(output * hidden.Length, hidden.Length)) + (added.IsEmpty ? 0 : added[output]);
            }

            float highway = _highway is null ? 0 : Dot(past.Slice(target * HighwaySize, HighwaySize), _highway.AsSpan(step * HighwaySize, HighwaySize));
            if (_quantiles is null)
            {
                forecast[value] = Unscale(levels.RestoreNext(said[0] + highway, target), target);
            }
            else
            {
                _quantiles.Quantiles(said, highway, target, quantiles);
                for (int q = 0; q < quantiles.Length && allQuantiles; q++)
                    forecast[(value * quantiles.Length) + q] = Unscale(levels.Restore(quantiles[q], target), target);
                if (!allQuantiles)
                    forecast[value] = Unscale(levels.Restore(quantiles[_quantiles.Median], target), target);
            }

            if (++target == _targetScalers.Length)
                (target, step) = (0, step + 1);
        }

        T Unscale(float scaled, int target) => T.CreateTruncating(_targetScalers[target].InverseTransform(scaled));
    }

    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> left = MemoryMarshal.Cast<float, Vector<float>>(a), right = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sums = Vector<float>.Zero;
        for (int n = 0; n < left.Length; n++)
            sums += left[n] * right[n];
        float sum = Vector.Sum(sums);
        for (int k = left.Length * Vector<float>.Count; k < a.Length; k++)
            sum += a[k] * b[k];
        return sum;
    }

    private static PackedLayer Pack(Dictionary<string, SafetensorsTensor> tensors, int layer, int inputSize, int hiddenSize, Peephole peephole)
    {
        var pins = new List<MemoryHandle>();
        try
        {
            var weights = new LayerWeights
            {
                Ih = Find("weight_ih"),
                Hh = Find("weight_hh"),
                Bias = Find("bias"),
                Ci = Find("weight_ci"),
                Cf = Find("weight_cf"),
                Cc = Find("weight_cc"),
                Co = Find("weight_co"),
            };
            return new PackedLayer(weights, inputSize, hiddenSize, peephole);
        }
        finally
        {
            pins.ForEach(pin => pin.Dispose());
        }

        // A peephole that is not connected is not in the file, and null here.
        float* Find(string name)
        {
            if (!tensors.TryGetValue($"{name}_l{layer}", out SafetensorsTensor? tensor))
                return null;
            pins.Add(tensor.Data.Pin());
            return (float*)pins[^1].Pointer;
        }
    }

    private static Fingerprint FingerprintOf(ModelFile model)
    {
        var fingerprint = new Fingerprint();
        foreach (SafetensorsTensor tensor in model.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            fingerprint.Add(Encoding.UTF8.GetBytes(tensor.Name));
            fingerprint.Add(tensor.Data.Span);
        }

        return fingerprint;
    }
}
