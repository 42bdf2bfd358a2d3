using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>The Box-Cox transforms of columns, and their inverses: <see cref="ColumnScaler.Power"/> as a graph, in float64.</summary>
internal static class OnnxTransform
{
    private const double SmallestBase = 1e-12;

    /// <summary>Transforms the columns that have a power; the last axis is theirs.</summary>
    public static string Add(OnnxGraph graph, IReadOnlyList<ColumnScaler> scalers, string values)
    {
        if (scalers.All(scaler => scaler.Power is null))
            return values;

        // Columns without a transform may hold what has no logarithm, and where a choice is made both sides are computed.
        string one = graph.Constant("one_f64", [1.0], 1);
        string log = graph.Node("Log", "input_log", [graph.Node("Where", "input_positive", [HasPower(graph, "input", scalers), values, one])]);
        string power = Powers(graph, "input", scalers);
        string raised = graph.Node("Sub", "input_raised", [graph.Node("Exp", "input_exp", [graph.Node("Mul", "input_product", [log, power])]), one]);
        string boxCox = graph.Node("Div", "input_boxcox", [raised, power]);
        string changed = graph.Node("Where", "input_changed", [IsLog(graph, "input", scalers), log, boxCox]);
        return graph.Node("Where", "input_transformed", [HasPower(graph, "input", scalers), changed, values]);
    }

    /// <summary>The way back, of the targets of a member; the last axis is theirs.</summary>
    public static string AddInverse(OnnxGraph graph, IReadOnlyList<ColumnScaler> scalers, string values, string member)
    {
        if (scalers.All(scaler => scaler.Power is null))
            return values;

        string one = graph.Constant("one_f64", [1.0], 1), smallest = graph.Constant("smallest_base", [SmallestBase], 1);
        string power = Powers(graph, "target", scalers);
        string sum = graph.Node("Add", $"{member}target_base", [graph.Node("Mul", $"{member}target_product", [values, power]), one]);
        string boxCox = graph.Node("Div", $"{member}target_root", [graph.Node("Log", $"{member}target_log", [graph.Node("Max", $"{member}target_positive", [sum, smallest])]), power]);
        string exponent = graph.Node("Where", $"{member}target_exponent", [IsLog(graph, "target", scalers), values, boxCox]);
        return graph.Node("Where", $"{member}target_restored", [HasPower(graph, "target", scalers), graph.Node("Exp", $"{member}target_exp", [exponent]), values]);
    }

    // 1 where it is not used: it divides.
    private static string Powers(OnnxGraph graph, string side, IReadOnlyList<ColumnScaler> scalers) =>
        graph.Constant($"{side}_power", [.. scalers.Select(scaler => scaler.Power is { } power and not 0 ? power : 1)], scalers.Count);

    private static string HasPower(OnnxGraph graph, string side, IReadOnlyList<ColumnScaler> scalers) =>
        graph.Constant($"{side}_has_power", [.. scalers.Select(scaler => scaler.Power is not null)], scalers.Count);

    private static string IsLog(OnnxGraph graph, string side, IReadOnlyList<ColumnScaler> scalers) =>
        graph.Constant($"{side}_is_log", [.. scalers.Select(scaler => scaler.Power is 0)], scalers.Count);
}
