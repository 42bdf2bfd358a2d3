using System.Text.Json;
using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>A float64 case of an independent implementation: one to three stacked layers, outputs and all gradients.</summary>
internal sealed class GoldenCase(JsonElement root)
{
    public static TheoryData<string> Names => new(
        "none", "diagonal_ifo", "diagonal_ifco", "diagonal_ifo_odd", "full_ifo", "full_ifco", "full_ifco_3layer");

    public int Layers => root.GetProperty("layers").GetInt32();

    private int Size(string name) => root.GetProperty(name).GetInt32();

    public static GoldenCase Read(string name)
    {
        using Stream stream = typeof(GoldenCase).Assembly.GetManifestResourceStream($"LstmTorch.Runtime.Tests.Kernels.Golden.{name}.json")!;
        return new GoldenCase(JsonDocument.Parse(stream).RootElement);
    }

    public double[] Values(params string[] path) =>
        Flat(path.Aggregate(root, (element, name) => element.GetProperty(name)));

    public double[] State(string name, int layer) => Flat(root.GetProperty(name)[layer]);

    public double[] StateGradient(string name, int layer) => Flat(root.GetProperty("gradients").GetProperty(name)[layer]);

    public SequenceShape Shape(int layer)
    {
        var kind = Enum.Parse<PeepholeKind>(root.GetProperty("peephole").GetString()!, ignoreCase: true);
        PeepholeConnections connections = Peephole.ParseConnections(root.GetProperty("connections").GetString()!);
        int hidden = Size("hidden_size");
        return new(Size("batch"), Size("steps"), layer == 0 ? Size("input_size") : hidden, hidden, new Peephole(kind, connections));
    }

    public ScalarWeights Weights(int layer) => Weights(root.GetProperty("weights")[layer]);

    public ScalarWeights WeightGradients(int layer) => Weights(root.GetProperty("gradients").GetProperty("weights")[layer]);

    /// <summary>The layer's case, given what comes in from below and which gradient from above.</summary>
    public SequenceCase Layer(int layer, double[] x, double[]? dy) => new()
    {
        Shape = Shape(layer),
        Weights = Weights(layer),
        X = x,
        H0 = State("h_0", layer),
        C0 = State("c_0", layer),
        DY = dy,
        DHn = State("grad_h_n", layer),
        DCn = State("grad_c_n", layer),
    };

    private static ScalarWeights Weights(JsonElement layer)
    {
        double[] Rows(string prefix) => [.. "ifco".SelectMany(gate => Flat(layer.GetProperty($"{prefix}{gate}")))];
        double[] Peephole(char gate) => layer.TryGetProperty($"W_c{gate}", out JsonElement p) ? Flat(p) : [];
        return new ScalarWeights(Rows("W_x"), Rows("W_h"), Rows("b_"), [.. "ifco".Select(Peephole)]);
    }

    private static double[] Flat(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? [element.GetDouble()]
        : [.. element.EnumerateArray().SelectMany(Flat)];
}
