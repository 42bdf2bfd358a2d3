using System.Text.Json;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>A case that was read from JSON text.</summary>
internal sealed class JsonCase : ReferenceCase
{
    /// <summary>The gates' letters in the weights' names, in the order of <see cref="GateOrder"/>; the candidate is c, as in W_xc.</summary>
    private const string GateLetters = "ifco";

    private readonly JsonElement _json;

    /// <summary>Takes a case from a document that stays, and checks that everything is there and fits.</summary>
    public JsonCase(JsonElement json)
        : base(
            Member(json, "name").GetString()!,
            new Peephole(
                Enum.Parse<PeepholeKind>(Member(json, "peephole").GetString()!, ignoreCase: true),
                Peephole.ParseConnections(Member(json, "connections").GetString()!)),
            Member(json, "input_size").GetInt32(),
            Member(json, "hidden_size").GetInt32(),
            Member(json, "layers").GetInt32())
    {
        _json = json;
        CheckShapes();
    }

    /// <inheritdoc/>
    public override Tensor Value(string name) => ToTensor(Member(_json, name));

    /// <inheritdoc/>
    public override Tensor Gradient(string name) => ToTensor(Member(Member(_json, "gradients"), name));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Weights(int layer) => Layer(Member(_json, "weights"), layer);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> WeightGradients(int layer) =>
        Layer(Member(Member(_json, "gradients"), "weights"), layer);

    private Dictionary<string, Tensor> Layer(JsonElement layers, int number)
    {
        JsonElement weights = layers.ValueKind == JsonValueKind.Array && layers.GetArrayLength() == Layers
            ? layers[number]
            : throw new FormatException($"'weights' must be a list of {Layers}, one for each layer");
        Tensor Rows(string prefix)
        {
            List<Tensor> gates = [.. GateLetters.Select(letter => ToTensor(Member(weights, prefix + letter)))];
            return gates.TrueForAll(gate => gate.dim() > 0 && gate.shape.SequenceEqual(gates[0].shape))
                ? cat(gates)
                : throw new FormatException($"{prefix}i, f, c and o are not of one shape");
        }

        var layer = new Dictionary<string, Tensor>
        {
            ["weight_ih"] = Rows("W_x"),
            ["weight_hh"] = Rows("W_h"),
            ["bias"] = Rows("b_"),
        };
        foreach (char letter in Peephole.Format(Peephole.Connections))
            layer[$"weight_c{letter}"] = ToTensor(Member(weights, $"W_c{letter}"));
        return layer;
    }

    /// <summary>Everything that a verification reads is there, and fits.</summary>
    private void CheckShapes()
    {
        using var scope = NewDisposeScope();
        if (Value("input").shape is not [var batch, var steps, _])
            throw new FormatException("input must have three axes: batch, steps, inputs");

        long[] sequence = [batch, steps, HiddenSize], state = [Layers, batch, HiddenSize];
        Check("input", Value("input"), [batch, steps, InputSize]);
        Check("gradients.input", Gradient("input"), [batch, steps, InputSize]);
        foreach (string name in new[] { "output", "grad_y" })
            Check(name, Value(name), sequence);
        foreach (string name in new[] { "h_0", "c_0", "h_n", "c_n", "grad_h_n", "grad_c_n" })
            Check(name, Value(name), state);
        foreach (string name in new[] { "h_0", "c_0" })
            Check($"gradients.{name}", Gradient(name), state);
        for (int k = 0; k < Layers; k++)
        {
            CheckWeights($"weights[{k}]", Weights(k), k);
            CheckWeights($"gradients.weights[{k}]", WeightGradients(k), k);
        }
    }

    private void CheckWeights(string where, IReadOnlyDictionary<string, Tensor> weights, int layer)
    {
        long rows = GateOrder.Count * HiddenSize;
        foreach (var (name, weight) in weights)
        {
            Check($"{where}, {name}", weight, name switch
            {
                "weight_ih" => [rows, layer == 0 ? InputSize : HiddenSize],
                "weight_hh" => [rows, HiddenSize],
                "bias" => [rows],
                _ => Peephole.Kind == PeepholeKind.Full ? [HiddenSize, HiddenSize] : [HiddenSize],
            });
        }
    }

    private static void Check(string name, Tensor value, long[] shape)
    {
        if (!value.shape.SequenceEqual(shape))
            throw new FormatException($"{name} is [{string.Join(", ", value.shape)}], expected [{string.Join(", ", shape)}]");
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new FormatException($"there is no '{name}'");

    /// <summary>Reads nested arrays, those of one depth all of one length.</summary>
    private static Tensor ToTensor(JsonElement array)
    {
        var shape = new List<long>();
        var values = new List<double>();
        void Read(JsonElement element, int depth)
        {
            bool isArray = element.ValueKind == JsonValueKind.Array;
            if (values.Count == 0 && isArray && shape.Count == depth)
                shape.Add(element.GetArrayLength());
            if (isArray ? depth >= shape.Count || element.GetArrayLength() != shape[depth] || shape[depth] == 0 : depth != shape.Count)
                throw new FormatException("an array is empty, or is longer or deeper than its neighbour");
            if (!isArray)
            {
                values.Add(element.GetDouble());
                return;
            }

            foreach (JsonElement inner in element.EnumerateArray())
                Read(inner, depth + 1);
        }

        Read(array, 0);
        return tensor(values.ToArray(), dtype: ScalarType.Float64).reshape([.. shape]);
    }
}
