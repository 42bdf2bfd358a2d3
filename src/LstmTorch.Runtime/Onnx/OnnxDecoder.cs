using LstmTorch.Runtime.Inference;
using LstmTorch.Runtime.Model;
using static LstmTorch.Runtime.Onnx.OnnxAttribute;

namespace LstmTorch.Runtime.Onnx;

/// <summary>What covariates that are known in advance add to what the head says, as <see cref="CovariateDecoder"/> computes it.</summary>
internal static class OnnxDecoder
{
    /// <summary>Adds the nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="member">What the names of the network's weights begin with.</param>
    /// <param name="hidden">The last hidden state, [B, H].</param>
    /// <param name="known">The scaled covariates, [B, horizon, F].</param>
    /// <returns>[B, horizon, targets · outputs of a value], scaled.</returns>
    public static string Add(OnnxGraph graph, Dictionary<string, SafetensorsTensor> tensors, string member, string hidden, string known)
    {
        SafetensorsTensor weight = tensors[$"{member}decoder.weight"], head = tensors[$"{member}covariates.weight"];
        string bias = graph.Constant(tensors[$"{member}decoder.bias"]);

        // [H, H + F] in two: what the state gives is the same for all steps.
        int units = (int)weight.Shape[0];
        string ofState = graph.Node("MatMul", $"{member}decoder_state", [hidden, Columns(graph, weight, "state", 0, units)]);
        string state = graph.Node("Unsqueeze", $"{member}decoder_states", [graph.Node("Add", $"{member}decoder_biased", [ofState, bias]), graph.Constant("step_axis", 1L)]);
        string ofKnown = graph.Node("MatMul", $"{member}decoder_known", [known, Columns(graph, weight, "known", units, (int)weight.Shape[1])]);
        string z = graph.Node("Tanh", $"{member}decoded", [graph.Node("Add", $"{member}decoder_sum", [ofKnown, state])]);
        string features = graph.Node("Concat", $"{member}decoded_known", [z, known], Of("axis", 2L));
        return graph.Node("MatMul", $"{member}covariates", [features, Columns(graph, head, "all", 0, (int)head.Shape[1])]);
    }

    /// <summary>Some columns of a matrix, transposed.</summary>
    private static string Columns(OnnxGraph graph, SafetensorsTensor matrix, string name, int first, int end)
    {
        int rows = (int)matrix.Shape[0], width = (int)matrix.Shape[1];
        ReadOnlySpan<float> numbers = matrix.Floats;
        float[] transposed = new float[rows * (end - first)];
        for (int n = 0; n < transposed.Length; n++)
            transposed[n] = numbers[(n % rows * width) + first + (n / rows)];
        return graph.Constant($"{matrix.Name}.{name}", transposed, end - first, rows);
    }
}
