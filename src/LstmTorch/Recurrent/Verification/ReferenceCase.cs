using System.Runtime.InteropServices;
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
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException or ExternalException)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{where}: not a reference case: {error.Message}", error);
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
        Tensor Rows(string prefix) =>
            cat([.. GateLetters.Select(letter => ToTensor(Member(weights, prefix + letter)))]);
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

    private void CheckShapes()
    {
        using var scope = NewDisposeScope();
        long[] input = Value("input").shape;
        long[] state = [Layers, input[0], HiddenSize];
        bool fits = input.Length == 3 && input[2] == InputSize
            && Value("h_0").shape.SequenceEqual(state) && Value("c_0").shape.SequenceEqual(state)
            && Value("grad_y").shape.SequenceEqual([input[0], input[1], HiddenSize])
            && Weights(0)["weight_ih"].shape.SequenceEqual([GateOrder.Count * HiddenSize, InputSize]);
        if (!fits)
            throw new FormatException("the arrays' shapes do not agree with input_size, hidden_size and layers");

        // What comes later than the shapes shall not be missing in the middle of a run.
        foreach (string output in new[] { "output", "h_n", "c_n", "grad_h_n", "grad_c_n" })
            _ = Value(output);
        foreach (string variable in new[] { "input", "h_0", "c_0" })
            _ = Gradient(variable);
        for (int layer = 0; layer < Layers; layer++)
            _ = (Weights(layer), WeightGradients(layer));
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new FormatException($"there is no '{name}'");

    private static Tensor ToTensor(JsonElement array)
    {
        var shape = new List<long>();
        for (JsonElement inner = array; inner.ValueKind == JsonValueKind.Array; inner = inner[0])
            shape.Add(inner.GetArrayLength() > 0 ? inner.GetArrayLength() : throw new FormatException("an array is empty"));

        var values = new List<double>();
        void Flatten(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Array)
            {
                values.Add(element.GetDouble());
                return;
            }

            foreach (JsonElement inner in element.EnumerateArray())
                Flatten(inner);
        }

        Flatten(array);
        if (values.Count != shape.Aggregate(1L, (product, size) => product * size))
            throw new FormatException("the rows of an array differ in length");
        return tensor(values.ToArray(), dtype: ScalarType.Float64).reshape([.. shape]);
    }
}
