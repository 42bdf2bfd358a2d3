using static LstmTorch.Runtime.Onnx.OnnxAttribute;

namespace LstmTorch.Runtime.Onnx;

/// <summary>
/// A layer whose peepholes the LSTM operator does not have: the equations of one step as the body of a Scan over time. What the
/// inputs contribute is computed before it, in one product for all steps.
/// </summary>
internal static class OnnxScan
{
    // In the order of the rows: gate, letter of its peephole, activation.
    private static readonly (string Gate, string Letter, string Activation)[] s_gates =
        [("i", "i", "Sigmoid"), ("f", "f", "Sigmoid"), ("g", "c", "Tanh"), ("o", "o", "Sigmoid")];

    /// <summary>Adds the layer.</summary>
    /// <param name="graph">Receives it.</param>
    /// <param name="weights">The weights of the layer.</param>
    /// <param name="input">[T, B, D].</param>
    /// <param name="batch">B, [1].</param>
    /// <param name="wantsLast">Whether the last hidden state is wanted, and not all of them.</param>
    /// <returns>[B, H] or [T, B, H].</returns>
    public static string Add(OnnxGraph graph, OnnxLayer weights, string input, string batch, bool wantsLast)
    {
        long hidden = weights.HiddenSize;

        // A product of three dimensions takes its matrix as [D, 4H]; everything else here takes the weights as they are.
        string ih = graph.Node("Transpose", weights.Named("weight_ih_t"), [graph.Constant(weights.Ih)], Of("perm", 1L, 0L));
        string product = graph.Node("MatMul", weights.Named("x_product"), [input, ih]);
        string x = graph.Node("Add", weights.Named("x"), [product, graph.Constant(weights.Bias)]);
        string shape = graph.Node("Concat", weights.Named("state_shape"), [batch, graph.Constant($"hidden_{hidden}", hidden)], Of("axis", 0L));
        string zeros = graph.Node("ConstantOfShape", weights.Named("zeros"), [shape]);
        graph.Constant(weights.Hh);
        foreach (var (_, letter, _) in s_gates)
        {
            if (weights.Peephole(letter) is { } peephole)
                graph.Constant(peephole);
        }

        string last = weights.Named("h_last"), all = weights.Named("hidden");
        string[] results = [last, weights.Named("c_last")];
        graph.Node("Scan", wantsLast ? results : [.. results, all], [zeros, zeros, x], Of("body", Body(weights, wantsLast)), Of("num_scan_inputs", 1L));
        return wantsLast ? last : all;
    }

    /// <summary>The equations of PeepholeLstmCell.forward, with the constants of the graph around it.</summary>
    private static OnnxGraph Body(OnnxLayer weights, bool wantsLast)
    {
        long hidden = weights.HiddenSize;
        var step = new OnnxGraph(weights.Named("step"));
        string h = step.Input(weights.Named("h"), OnnxType.Float, OnnxGraph.Batch, hidden);
        string c = step.Input(weights.Named("c"), OnnxType.Float, OnnxGraph.Batch, hidden);
        string x = step.Input(weights.Named("x_t"), OnnxType.Float, OnnxGraph.Batch, 4 * hidden);

        string all = step.Node("Gemm", weights.Named("gates"), [h, weights.Hh.Name, x], Of("transB", 1L));
        step.Node("Split", [.. s_gates.Select(gate => weights.Named($"{gate.Gate}_pre"))], [all], Of("axis", 1L));
        string i = Gate(0, c), f = Gate(1, c), g = Gate(2, c);
        string kept = step.Node("Mul", weights.Named("f_c"), [f, c]);
        string added = step.Node("Mul", weights.Named("i_g"), [i, g]);
        string cNext = step.Node("Add", weights.Named("c_next"), [kept, added]);
        string o = Gate(3, cNext);
        string hNext = step.Node("Mul", weights.Named("h_next"), [o, step.Node("Tanh", weights.Named("tanh_c"), [cNext])]);

        step.Output(hNext, OnnxType.Float, OnnxGraph.Batch, hidden);
        step.Output(cNext, OnnxType.Float, OnnxGraph.Batch, hidden);
        if (!wantsLast)
            step.Output(step.Node("Identity", weights.Named("h_t"), [hNext]), OnnxType.Float, OnnxGraph.Batch, hidden);
        return step;

        string Gate(int number, string seen)
        {
            var (gate, letter, activation) = s_gates[number];
            string pre = weights.Named($"{gate}_pre");
            if (weights.Peephole(letter) is { Shape.Count: 2 } matrix)
                pre = step.Node("Gemm", weights.Named($"{gate}_sum"), [seen, matrix.Name, pre], Of("transB", 1L));
            else if (weights.Peephole(letter) is { } vector)
                pre = step.Node("Add", weights.Named($"{gate}_sum"), [pre, step.Node("Mul", weights.Named($"{gate}_seen"), [seen, vector.Name])]);
            return step.Node(activation, weights.Named(gate), [pre]);
        }
    }
}
