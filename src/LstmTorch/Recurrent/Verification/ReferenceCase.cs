using System.Text.Json;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>
/// One worked example of the cell: inputs, weights, and the outputs and gradients that an independent float64 implementation
/// got for them. The loss is Σ y·grad_y + Σ h_n·grad_h_n + Σ c_n·grad_c_n.
/// </summary>
/// <remarks>
/// Every case runs several steps from c_0 ≠ 0 with distinct weights: one step from a zero cell, the usual public test, cannot
/// see a broken W_ci or W_cf, and equal weights hide a wrong order of the gates.
/// </remarks>
public sealed class ReferenceCase
{
    /// <summary>The gates' letters in the weights' names, in the order of <see cref="GateOrder"/>; the candidate is c, as in W_xc.</summary>
    private const string GateLetters = "ifco";

    private readonly JsonElement _json;

    private ReferenceCase(JsonElement json)
    {
        _json = json;
        Name = Member(json, "name").GetString()!;
        Peephole = new Peephole(
            Enum.Parse<PeepholeKind>(Member(json, "peephole").GetString()!, ignoreCase: true),
            Peephole.ParseConnections(Member(json, "connections").GetString()!));
        InputSize = Member(json, "input_size").GetInt32();
        HiddenSize = Member(json, "hidden_size").GetInt32();
        Layers = Member(json, "layers").GetInt32();
    }

    /// <summary>The case's name.</summary>
    public string Name { get; }

    /// <summary>The peepholes of every layer.</summary>
    public Peephole Peephole { get; }

    /// <summary>D.</summary>
    public int InputSize { get; }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>L.</summary>
    public int Layers { get; }

    /// <summary>The cases that the library carries.</summary>
    public static IReadOnlyList<ReferenceCase> Embedded()
    {
        var assembly = typeof(ReferenceCase).Assembly;
        const string folder = "cases/";
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order().Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Parse(reader.ReadToEnd(), name[folder.Length..]);
            }),
        ];
    }

    /// <summary>Reads a case from a file.</summary>
    /// <exception cref="LstmTorchException">The file is not there, or is no reference case.</exception>
    public static ReferenceCase Read(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a case from its JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">The text is no reference case.</exception>
    public static ReferenceCase Parse(string json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var parsed = new ReferenceCase(document.RootElement.Clone());
            parsed.CheckShapes();
            return parsed;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{where}: not a reference case: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>A named array of the case as a float64 tensor, such as input [B, T, D], h_0 [L, B, H] or grad_y [B, T, H].</summary>
    public Tensor Value(string name) => ToTensor(Member(_json, name));

    /// <summary>The gradient of the loss with respect to input, h_0 or c_0.</summary>
    public Tensor Gradient(string name) => ToTensor(Member(Member(_json, "gradients"), name));

    /// <summary>The weights of one layer under the names of the state dict without their layer, such as weight_ih [4H, D].</summary>
    public IReadOnlyDictionary<string, Tensor> Weights(int layer) => Layer(Member(_json, "weights"), layer);

    /// <summary>The gradients of one layer's weights, named as <see cref="Weights"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> WeightGradients(int layer) =>
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
