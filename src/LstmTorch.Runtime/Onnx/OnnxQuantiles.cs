using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>From the head of a model with a distribution to the quantiles of its forecasts; see <see cref="Inference.QuantileHead"/>.</summary>
/// <param name="graph">The graph.</param>
/// <param name="config">The model's description.</param>
/// <param name="tensors">Its weights.</param>
/// <param name="member">What the names of a member begin with.</param>
internal sealed class OnnxQuantiles(OnnxGraph graph, ForecasterConfig config, IReadOnlyDictionary<string, SafetensorsTensor> tensors, string member)
{
    // Quantiles before targets, so that what belongs to targets fits the last axis.
    private const long QuantileAxis = 2;

    /// <summary>The quantiles, ascending and scaled, [B, horizon, Q, targets].</summary>
    /// <param name="flat">What the head gives, [B, horizon · targets · outputs].</param>
    /// <param name="highway">What the highway adds, [B, horizon, targets]; null for nothing.</param>
    public string Of(string flat, string? highway)
    {
        string values = graph.Node("Reshape", $"{member}values", [flat, graph.Constant("values_shape", -1L, config.Horizon, config.Targets.Count, config.OutputsPerValue)]);
        string outputs = graph.Node("Transpose", $"{member}outputs", [values], Attribute("perm", 0L, 1L, 3L, 2L));
        return config.Distribution == OutputDistribution.Quantiles
            ? Sorted(WithHighway(outputs, highway))
            : Spread(WithHighway(Part(outputs, "location", 0), highway), Part(outputs, "raw_scale", 1));
    }

    private static OnnxAttribute Attribute(string name, params long[] numbers) => numbers is [var number] ? OnnxAttribute.Of(name, number) : OnnxAttribute.Of(name, numbers);

    private string WithHighway(string outputs, string? highway) => highway is null
        ? outputs
        : graph.Node("Add", $"{outputs}_highway", [outputs, graph.Node("Unsqueeze", $"{member}highway_quantiles", [highway, graph.Constant("quantile_axis", QuantileAxis)])]);

    private string Part(string outputs, string name, long place) =>
        graph.Node("Gather", $"{member}{name}", [outputs, graph.Constant($"place_{place}", place)], Attribute("axis", QuantileAxis));

    private string Sorted(string outputs)
    {
        string count = graph.Constant("quantile_count", (long)config.Quantiles.Count);
        graph.Node("TopK", [$"{member}scaled_quantiles", $"{member}sorted_places"], [outputs, count], Attribute("axis", QuantileAxis), Attribute("largest", 0L), Attribute("sorted", 1L));
        return $"{member}scaled_quantiles";
    }

    private string Spread(string location, string rawScale)
    {
        double[] factors = QuantileFactors.Of(config, tensors.TryGetValue(member + ModelTensors.Freedom, out SafetensorsTensor? freedom) ? freedom.Floats : []);
        int targets = config.Targets.Count, quantiles = config.Quantiles.Count;
        float[] byQuantile = [.. from q in Enumerable.Range(0, quantiles) from target in Enumerable.Range(0, targets) select (float)factors[(target * quantiles) + q]];

        // Softplus as max(x, 0) + ln(1 + exp(-|x|)): ONNX Runtime has none in float64, and beside 1 a float32 has not the digits of a small scale.
        string raw = graph.Node("Cast", $"{member}raw_scale_f64", [rawScale], Attribute("to", (long)OnnxType.Double));
        string one = graph.Constant("one_f64", [1.0], 1);
        string decay = graph.Node("Exp", $"{member}decay", [graph.Node("Neg", $"{member}minus_size", [graph.Node("Abs", $"{member}size", [raw])])]);
        string soft = graph.Node("Add", $"{member}scale_f64", [
            graph.Node("Max", $"{member}raw_positive", [raw, graph.Constant("zero_f64", [0.0], 1)]),
            graph.Node("Log", $"{member}soft", [graph.Node("Add", $"{member}one_and_decay", [decay, one])])]);
        string scale = graph.Node("Add", $"{member}scale", [
            graph.Node("Cast", $"{member}scale_f32", [soft], Attribute("to", (long)OnnxType.Float)), graph.Constant("smallest_scale", [QuantileFactors.SmallestScale], 1)]);
        string reach = graph.Node("Mul", $"{member}reach", [scale, graph.Constant($"{member}factors", byQuantile, quantiles, targets)]);
        return graph.Node("Add", $"{member}scaled_quantiles", [location, reach]);
    }
}
