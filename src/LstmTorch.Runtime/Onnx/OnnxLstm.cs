using LstmTorch.Runtime.Model;
using static LstmTorch.Runtime.Onnx.OnnxAttribute;

namespace LstmTorch.Runtime.Onnx;

/// <summary>
/// A layer as ONNX's own LSTM operator, which has vectors as peepholes on i, o and f and none on the candidate. Its output gate sees
/// the new cell, as ours does. Source: onnx, docs/Operators.md, LSTM.
/// </summary>
internal static class OnnxLstm
{
    // The operator's gates i o f c, as the rows of i f g o; its peepholes, i o f, as the letters of ours.
    private static readonly int[] s_gates = [0, 3, 1, 2];
    private static readonly string[] s_peepholes = ["i", "o", "f"];

    /// <summary>Whether a layer with these peepholes is one.</summary>
    public static bool Holds(Peephole peephole) => peephole switch
    {
        { Kind: PeepholeKind.None } or { Connections: PeepholeConnections.None } => true,
        { Kind: PeepholeKind.Diagonal } => !peephole.Sees(PeepholeConnections.Candidate),
        _ => false,
    };

    /// <summary>Adds the layer.</summary>
    /// <param name="graph">Receives it.</param>
    /// <param name="weights">The weights of the layer.</param>
    /// <param name="input">[T, B, D].</param>
    /// <param name="wantsLast">Whether the last hidden state is wanted, and not all of them.</param>
    /// <returns>[B, H] or [T, B, H].</returns>
    public static string Add(OnnxGraph graph, OnnxLayer weights, string input, bool wantsLast)
    {
        long hidden = weights.HiddenSize;
        string w = graph.Constant(weights.Named("W"), Reorder(weights.Ih), 1, 4 * hidden, weights.InputSize);
        string r = graph.Constant(weights.Named("R"), Reorder(weights.Hh), 1, 4 * hidden, hidden);

        // Its second bias, the recurrent one, is zero.
        string b = graph.Constant(weights.Named("B"), (float[])[.. Reorder(weights.Bias), .. new float[4 * hidden]], 1, 8 * hidden);
        string[] inputs = [input, w, r, b];
        if (weights.HasPeepholes)
        {
            // A gate without a peephole has one of zeros.
            float[] p = [.. s_peepholes.SelectMany(letter => weights.Peephole(letter)?.Floats.ToArray() ?? new float[hidden])];
            inputs = [.. inputs, "", "", "", graph.Constant(weights.Named("P"), p, 1, 3 * hidden)];
        }

        string all = weights.Named("Y"), last = weights.Named("Y_h");
        graph.Node("LSTM", wantsLast ? ["", last] : [all], inputs, Of("direction", "forward"), Of("hidden_size", hidden));

        // Away with the axis of directions.
        return wantsLast
            ? graph.Node("Squeeze", weights.Named("hidden"), [last, graph.Constant("axis_0", 0L)])
            : graph.Node("Squeeze", weights.Named("hidden"), [all, graph.Constant("axis_1", 1L)]);
    }

    private static float[] Reorder(SafetensorsTensor weight)
    {
        float[] rows = weight.Floats.ToArray();
        int gate = rows.Length / s_gates.Length;
        return [.. s_gates.SelectMany(from => rows[(from * gate)..((from + 1) * gate)])];
    }
}
