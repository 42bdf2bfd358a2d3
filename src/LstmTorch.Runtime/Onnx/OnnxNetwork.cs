using LstmTorch.Runtime.Model;
using static LstmTorch.Runtime.Onnx.OnnxAttribute;

namespace LstmTorch.Runtime.Onnx;

/// <summary>A model as a graph, from raw windows to forecasts in original units. The same steps in the same order, and in the same precision, as <see cref="Forecaster"/>.</summary>
internal sealed class OnnxNetwork
{
    private const double RevinEpsilon = 1e-5;

    private readonly OnnxGraph _graph = new("forecaster");
    private readonly ForecasterConfig _config;
    private readonly Dictionary<string, SafetensorsTensor> _tensors;
    private string? _level, _spread, _targetLevel, _targetSpread;

    private OnnxNetwork(ModelFile model)
    {
        _config = model.Config;
        _tensors = model.Tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The graph of a model.</summary>
    public static OnnxGraph Graph(ModelFile model)
    {
        var network = new OnnxNetwork(model);
        network.Build();
        return network._graph;
    }

    private void Build()
    {
        ForecasterConfig config = _config;
        string windows = _graph.Input(OnnxExport.InputName, OnnxType.Float, OnnxGraph.Batch, config.ContextLength, config.Inputs.Count);
        string rows = Normalize(Scale(windows));
        string steps = TimeMajor(rows), past = _config.Highway ? OfTargets(rows, "past") : string.Empty;
        string known = config.FutureCovariates.Count == 0
            ? string.Empty
            : ScaleKnown(_graph.Input(OnnxExport.KnownName, OnnxType.Float, OnnxGraph.Batch, config.Horizon, config.FutureCovariates.Count));
        string batch = IsLstm ? string.Empty : _graph.Node("Shape", "batch_size", [windows], Of("start", 0L), Of("end", 1L));
        string[] forecasts = [.. Enumerable.Range(0, config.Members)
            .Select(member => config.Members == 1 ? string.Empty : ModelTensors.Prefix(member))
            .Select(member => Unscale(member, Denormalize(member, Head(member, Layers(member, steps, batch), past, known))))];
        Return(forecasts.Length == 1 ? forecasts[0] : Mean(forecasts));
    }

    /// <summary>Scaled rows in float64: the difference of two large numbers, such as dates, loses its digits in float32.</summary>
    private string Scale(string windows)
    {
        string values = OnnxTransform.Add(_graph, _config.InputScalers, Cast(windows, "windows_f64", OnnxType.Double));
        string offset = _graph.Constant("input_offset", [.. _config.InputScalers.Select(scaler => scaler.Offset)], [_config.Inputs.Count]);
        string scale = _graph.Constant("input_scale", [.. _config.InputScalers.Select(scaler => scaler.Scale)], [_config.Inputs.Count]);
        return _graph.Node("Div", "scaled_f64", [_graph.Node("Sub", "shifted", [values, offset]), scale]);
    }

    private string ScaleKnown(string known)
    {
        ColumnScaler[] scalers = [.. _config.FutureCovariates.Select(covariate => _config.InputScalers[_config.Inputs.ToList().IndexOf(covariate)])];
        string offset = _graph.Constant("known_offset", [.. scalers.Select(scaler => scaler.Offset)], [scalers.Length]);
        string scale = _graph.Constant("known_scale", [.. scalers.Select(scaler => scaler.Scale)], [scalers.Length]);
        string shifted = _graph.Node("Sub", "known_shifted", [Cast(known, "known_f64", OnnxType.Double), offset]);
        return Cast(_graph.Node("Div", "known_scaled_f64", [shifted, scale]), "known_scaled", OnnxType.Float);
    }

    private string Normalize(string scaled)
    {
        string rows = Cast(scaled, "scaled", OnnxType.Float);
        if (_config.Normalize == WindowNormalization.None)
            return rows;
        if (_config.Normalize == WindowNormalization.Difference)
            return Differences(scaled, rows);

        string level = _config.Normalize == WindowNormalization.Last
            ? Last(scaled)
            : Mean(scaled, "level_f64");
        level = Masked(level, "level_kept");
        _level = Cast(level, "level", OnnxType.Float);
        rows = _graph.Node("Sub", "rows", [rows, _level]);
        if (_config.Normalize != WindowNormalization.Revin)
            return rows;

        string deviation = _graph.Node("Sub", "deviation", [scaled, level]);
        string variance = Masked(Mean(_graph.Node("Mul", "squares", [deviation, deviation]), "variance"), "variance_kept");
        string positive = _graph.Node("Add", "positive", [variance, _graph.Constant("epsilon", [.. _config.Inputs.Select(input => IsKept(input) ? 1 : RevinEpsilon)], [_config.Inputs.Count])]);
        _spread = Cast(_graph.Node("Sqrt", "spread_f64", [positive]), "spread", OnnxType.Float);
        return _graph.Node("Div", "rows_spread", [rows, _spread]);
    }

    private string Differences(string scaled, string rows)
    {
        _level = Cast(Last(scaled), "level", OnnxType.Float);
        long[] places = [.. Enumerable.Range(0, _config.ContextLength).Select(row => Math.Max(0L, row - 1))];
        string before = Masked(_graph.Node("Gather", "rows_before_f64", [scaled, _graph.Constant("places_before", places)], Of("axis", 1L)), "rows_before_kept");
        return _graph.Node("Sub", "rows", [rows, Cast(before, "rows_before", OnnxType.Float)]);
    }

    private string Last(string scaled) =>
        _graph.Node("Gather", "level_f64", [scaled, _graph.Constant("last_row", (long)_config.ContextLength - 1)], Of("axis", 1L));

    private bool IsKept(string input) => _config.NormalizeExcept.Contains(input);

    /// <summary>Zero for the columns that normalization leaves as they are.</summary>
    private string Masked(string columns, string name) => _config.NormalizeExcept.Count == 0
        ? columns
        : _graph.Node("Mul", name, [columns, _graph.Constant("normalized_columns", [.. _config.Inputs.Select(input => IsKept(input) ? 0.0 : 1.0)], [_config.Inputs.Count])]);

    private bool IsLstm => OnnxLstm.Holds(new Peephole(_config.Peephole, _config.Connections));

    /// <summary>The inputs of the first layer, [steps, B, D].</summary>
    private string TimeMajor(string rows)
    {
        long steps = _config.ContextLength / _config.PatchLength, width = (long)_config.PatchLength * _config.Inputs.Count;
        string patches = _config.PatchLength == 1
            ? rows
            : _graph.Node("Reshape", "patches", [rows, _graph.Constant("patches_shape", -1L, steps, width)]);
        return _graph.Node("Transpose", "time_major", [patches], Of("perm", 1L, 0L, 2L));
    }

    /// <summary>The last hidden state of the last layer of a member, [B, H].</summary>
    private string Layers(string member, string x, string batch)
    {
        for (int k = 0; k < _config.HiddenSizes.Count; k++)
        {
            var layer = new OnnxLayer(_tensors, k, member);
            bool isLast = k == _config.HiddenSizes.Count - 1;
            x = IsLstm ? OnnxLstm.Add(_graph, layer, x, isLast) : OnnxScan.Add(_graph, layer, x, batch, isLast);
        }

        return x;
    }

    /// <summary>Scaled forecasts of a member, [B, horizon, targets]; with quantiles, [B, horizon, Q, targets].</summary>
    private string Head(string member, string hidden, string past, string known)
    {
        SafetensorsTensor weight = _tensors[$"{member}head.weight"], bias = _tensors[$"{member}head.bias"];
        string flat = _graph.Node("Gemm", $"{member}flat", [hidden, _graph.Constant(weight), _graph.Constant(bias)], Of("transB", 1L));
        if (known.Length > 0)
        {
            string added = OnnxDecoder.Add(_graph, _tensors, member, hidden, known);
            string flatAdded = _graph.Node("Reshape", $"{member}covariates_flat", [added, _graph.Constant("flat_shape", -1L, weight.Shape[0])]);
            flat = _graph.Node("Add", $"{member}flat_covariates", [flat, flatAdded]);
        }

        // [horizon, context] times [B, context, targets].
        string? map = _config.Highway ? _graph.Node("MatMul", $"{member}highway", [_graph.Constant(_tensors[$"{member}highway.weight"]), past]) : null;
        if (_config.Distribution != OutputDistribution.Point)
            return new OnnxQuantiles(_graph, _config, _tensors, member).Of(flat, map);
        string forecast = _graph.Node(
            "Reshape", $"{member}forecast", [flat, _graph.Constant("forecast_shape", -1L, _config.Horizon, _config.Targets.Count)]);
        return map is null ? forecast : _graph.Node("Add", $"{member}forecast_highway", [forecast, map]);
    }

    private string Denormalize(string member, string forecast)
    {
        if (_config.Normalize == WindowNormalization.Difference && _config.Horizon > 1)
            forecast = _graph.Node("CumSum", $"{member}forecast_sums", [forecast, _graph.Scalar("step_axis", 1)]);
        if (_spread is not null)
            forecast = _graph.Node("Mul", $"{member}forecast_spread", [forecast, _targetSpread ??= OfForecasts(_spread, "target_spread")]);
        return _level is null ? forecast : _graph.Node("Add", $"{member}forecast_level", [forecast, _targetLevel ??= OfForecasts(_level, "target_level")]);
    }

    /// <summary>In float64.</summary>
    private string Unscale(string member, string forecast)
    {
        int targets = _config.Targets.Count;
        string scale = _graph.Constant("target_scale", [.. _config.TargetScalers.Select(scaler => scaler.Scale)], [targets]);
        string offset = _graph.Constant("target_offset", [.. _config.TargetScalers.Select(scaler => scaler.Offset)], [targets]);
        string stretched = _graph.Node("Mul", $"{member}stretched", [Cast(forecast, $"{member}forecast_f64", OnnxType.Double), scale]);
        return OnnxTransform.AddInverse(_graph, _config.TargetScalers, _graph.Node("Add", $"{member}forecasts_f64", [stretched, offset]), member);
    }

    /// <summary>The mean over members, in float64, for which ONNX Runtime has no operator Mean.</summary>
    private string Mean(string[] members) => _graph.Node(
        "Div", "forecast_mean", [_graph.Node("Sum", "forecast_sum", members), _graph.Constant("members", [(double)members.Length], 1)]);

    private void Return(string forecasts)
    {
        ForecasterConfig config = _config;
        if (config.Distribution != OutputDistribution.Point)
        {
            string quantiles = _graph.Node("Transpose", "quantiles_f64", [forecasts], Of("perm", 0L, 1L, 3L, 2L));
            Cast(quantiles, OnnxExport.QuantilesName, OnnxType.Float);
            long median = config.Quantiles.ToList().IndexOf(ForecasterConfig.Median);
            forecasts = _graph.Node("Squeeze", "median", [
                _graph.Node("Gather", "medians", [forecasts, _graph.Constant("median_place", median)], Of("axis", 2L)), _graph.Constant("quantile_axis", 2L)]);
        }

        Cast(forecasts, OnnxExport.OutputName, OnnxType.Float);
        _graph.Output(OnnxExport.OutputName, OnnxType.Float, OnnxGraph.Batch, config.Horizon, config.Targets.Count);
        if (config.Distribution != OutputDistribution.Point)
            _graph.Output(OnnxExport.QuantilesName, OnnxType.Float, OnnxGraph.Batch, config.Horizon, config.Targets.Count, config.Quantiles.Count);
    }

    /// <summary>Level or spread of the targets, with an axis for the quantiles where there are some.</summary>
    private string OfForecasts(string columns, string name)
    {
        string ofTargets = OfTargets(columns, name);
        return _config.Distribution == OutputDistribution.Point
            ? ofTargets
            : _graph.Node("Unsqueeze", $"{name}_quantiles", [ofTargets, _graph.Constant("quantile_axis", 2L)]);
    }

    /// <summary>Of the input columns those of the targets, in their order.</summary>
    private string OfTargets(string columns, string name)
    {
        List<string> inputs = [.. _config.Inputs];
        long[] indices = [.. _config.Targets.Select(target => (long)inputs.IndexOf(target))];
        return _graph.Node("Gather", name, [columns, _graph.Constant("target_columns", indices)], Of("axis", 2L));
    }

    private string Mean(string values, string name) => _graph.Node("ReduceMean", name, [values], Of("axes", (long[])[1]), Of("keepdims", 1L));

    private string Cast(string value, string name, OnnxType type) => _graph.Node("Cast", name, [value], Of("to", (long)type));
}
