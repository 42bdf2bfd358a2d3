using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Reads the weights of an LSTM operator back: the inverse of <see cref="OnnxLstm"/>.</summary>
internal static class OnnxLstmReader
{
    private static readonly string[] s_activations = ["Sigmoid", "Tanh", "Tanh"];
    private static readonly string[] s_peepholes = ["i", "o", "f"];

    // Our gates i f g o, as the operator's rows i o f c.
    private static readonly int[] s_gates = [0, 2, 3, 1];

    /// <summary>Reads one layer.</summary>
    /// <param name="content">The file.</param>
    /// <param name="node">The operator.</param>
    /// <param name="layer">Its number, from 0.</param>
    /// <exception cref="FormatException">It is a layer that we do not have, or malformed.</exception>
    public static (IReadOnlyList<SafetensorsTensor> Weights, Peephole Peephole) Read(OnnxContent content, OnnxNode node, int layer)
    {
        Check(node);
        string w = node.Input(1), r = node.Input(2), b = node.Input(3), p = node.Input(7);
        long hidden = content.Size(r, 2), width = content.Size(w, 2);
        if (hidden is < 1 or > ForecasterConfig.MaximumHiddenSize || width < 1 || node.Integer("hidden_size", hidden) != hidden)
            throw new FormatException($"layer {layer} has {hidden} units of {width} inputs, and hidden_size {node.Integer("hidden_size", hidden)}");

        List<SafetensorsTensor> weights =
        [
            Tensor("weight_ih", Reorder(content.Floats(w, 1, 4 * hidden, width)), 4 * hidden, width),
            Tensor("weight_hh", Reorder(content.Floats(r, 1, 4 * hidden, hidden)), 4 * hidden, hidden),
            Tensor("bias", b.Length == 0 ? new float[4 * hidden] : Bias(content.Floats(b, 1, 8 * hidden)), 4 * hidden),
        ];
        if (p.Length == 0)
            return (weights, Peephole.None);

        float[][] peepholes = [.. content.Floats(p, 1, 3 * hidden).Chunk((int)hidden)];
        weights.AddRange(peepholes.Select((values, n) => Tensor($"weight_c{s_peepholes[n]}", values, hidden)));
        return (weights, Peephole.Diagonal);

        SafetensorsTensor Tensor(string name, float[] values, params long[] shape) => SafetensorsTensor.FromFloats($"{name}_l{layer}", shape, values);
    }

    private static void Check(OnnxNode node)
    {
        string direction = node.Text("direction", "forward");
        if (direction != "forward")
            throw new FormatException($"a layer runs {direction}; only forward layers are read");
        if (node.Integer("input_forget", 0) != 0 || node.Integer("layout", 0) != 0)
            throw new FormatException("a layer has input_forget or layout, which are not read");
        if (node.Attributes.Keys.FirstOrDefault(name => name is "clip" or "activation_alpha" or "activation_beta") is { } unknown)
            throw new FormatException($"a layer has {unknown}, which is not read");
        if (node.Attributes.TryGetValue("activations", out object? activations) && (activations as List<string>)?.SequenceEqual(s_activations) != true)
            throw new FormatException("a layer has other activations than Sigmoid, Tanh, Tanh");
        if (node.Input(4).Length > 0)
            throw new FormatException("a layer has sequence_lens, which are not read");
    }

    private static float[] Bias(float[] both)
    {
        float[] sums = both[..(both.Length / 2)];
        for (int n = 0; n < sums.Length; n++)
            sums[n] += both[sums.Length + n];
        return Reorder(sums);
    }

    private static float[] Reorder(float[] rows)
    {
        int gate = rows.Length / s_gates.Length;
        return [.. s_gates.SelectMany(from => rows[(from * gate)..((from + 1) * gate)])];
    }
}
