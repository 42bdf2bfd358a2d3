using System.Globalization;
using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.PyTorch;

/// <summary>
/// Reads the state dict of an <c>nn.LSTM</c> from a safetensors file, or that of a module with an <c>nn.LSTM</c> and one <c>nn.Linear</c>
/// behind it. Peepholes beside them, as <see cref="PyTorchExport"/> names them, are read too.
/// </summary>
public static class StateDictImport
{
    private const string FirstWeight = "weight_ih_l0", Letters = "ifco";

    /// <summary>Reads a file, or a folder that <see cref="PyTorchExport"/> wrote.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What it does not say.</param>
    /// <exception cref="LstmTorchException">It is missing, something else, or not enough for a model.</exception>
    public static ModelFile Read(string path, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(path))
            return Parse(Safetensors.Read(path), options, path);

        if (Directory.Exists(PyTorchExport.MemberOf(path, 0)))
        {
            return ModelFile.Ensemble([.. Enumerable.Range(0, ForecasterConfig.MaximumMembers)
                .Select(member => PyTorchExport.MemberOf(path, member)).TakeWhile(Directory.Exists).Select(member => Read(member, options))]);
        }

        string head = Path.Combine(path, PyTorchExport.HeadFile);
        SafetensorsFile layers = Safetensors.Read(Path.Combine(path, PyTorchExport.LstmFile));
        List<SafetensorsTensor> tensors = [.. layers.Tensors];
        foreach (string module in PyTorchExport.OtherModules.Where(module => File.Exists(Path.Combine(path, PyTorchExport.FileOf(module)))))
            tensors.AddRange(Safetensors.Read(Path.Combine(path, PyTorchExport.FileOf(module))).Tensors.Select(tensor => tensor with { Name = $"{module}.{tensor.Name}" }));
        string distribution = Path.Combine(path, PyTorchExport.DistributionFile);
        if (File.Exists(distribution))
            tensors.AddRange(Safetensors.Read(distribution).Tensors.Where(tensor => tensor.Name == PyTorchExport.Freedom).Select(tensor => tensor with { Name = ModelTensors.Freedom }));
        if (options.Head is null && File.Exists(head))
            options = options with { Head = ImportedHead.Read(head) };
        return Parse(layers with { Tensors = tensors }, options, path);
    }

    /// <summary>Reads a file that has been parsed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">What it does not say.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">It is something else, or not enough for a model.</exception>
    public static ModelFile Parse(SafetensorsFile file, ImportOptions options, string where)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        string[] prefixes = [.. file.Tensors.Select(tensor => tensor.Name).Where(name => name.EndsWith(FirstWeight, StringComparison.Ordinal)).Select(name => name[..^FirstWeight.Length])];
        if (prefixes is not [string prefix])
            throw Damaged(where, $"{(prefixes.Length == 0 ? "no" : "more than one")} {FirstWeight}; the state dict of one nn.LSTM is due");

        var left = file.Tensors.ToDictionary(tensor => tensor.Name);
        List<SafetensorsTensor> layers = [];
        Peephole? peephole = null;
        for (int k = 0; left.ContainsKey($"{prefix}weight_ih_l{k}"); k++)
            layers.AddRange(Layer(left, prefix, k, ref peephole, where));
        SafetensorsTensor[] others = [.. file.Tensors.Where(tensor => tensor.Name == ModelTensors.Freedom
            || PyTorchExport.OtherModules.Any(module => tensor.Name.StartsWith($"{module}.", StringComparison.Ordinal)))];
        foreach (SafetensorsTensor other in others)
            left.Remove(other.Name);
        ImportedHead? head = HeadOf([.. left.Values], where);
        if (head is null && left.Count > 0)
            throw Damaged(where, $"'{left.Keys.First()}' belongs to no nn.LSTM of one direction with one nn.Linear behind it");
        ForecasterConfig? config = file.Metadata.TryGetValue("config", out string? json) ? ForecasterConfigJson.Deserialize(json, where) : null;
        return new ImportedWeights(layers, peephole!.Value, head, others, config, null).ToModel(options, where);
    }

    /// <summary>The head, if these tensors are the weight and the bias of one linear layer and nothing else.</summary>
    internal static ImportedHead? HeadOf(IReadOnlyList<SafetensorsTensor> tensors, string where)
    {
        SafetensorsTensor? weight = tensors.FirstOrDefault(tensor => tensor.Name.EndsWith("weight", StringComparison.Ordinal) && tensor.Shape.Count == 2);
        if (weight is null || tensors is not [_, _] || tensors.FirstOrDefault(tensor => tensor.Name == $"{weight.Name[..^"weight".Length]}bias") is not { } bias)
            return null;
        RequireShape(bias, [weight.Shape[0]], where);
        RequireShape(weight, [Math.Max(1, weight.Shape[0]), Math.Max(1, weight.Shape[1])], where);
        return new ImportedHead(weight.Floats.ToArray(), bias.Floats.ToArray());
    }

    private static List<SafetensorsTensor> Layer(Dictionary<string, SafetensorsTensor> left, string prefix, int k, ref Peephole? all, string where)
    {
        SafetensorsTensor ih = Take("weight_ih")!;
        SafetensorsTensor hh = Take("weight_hh") ?? throw Damaged(where, $"{prefix}weight_hh_l{k} is missing");
        long hidden = hh.Shape is [_, long width and > 0] ? width : throw Damaged(where, $"{hh.Name} is no matrix");
        if (hidden > ForecasterConfig.MaximumHiddenSize || ih.Shape is not [_, > 0])
            throw Damaged(where, $"layer {k} has {hidden} units of [{string.Join(", ", ih.Shape)}]");
        RequireShape(ih, [4 * hidden, ih.Shape[1]], where);
        RequireShape(hh, [4 * hidden, hidden], where);

        // nn.LSTM has two biases, which are only ever added, or none.
        float[] bias = new float[4 * hidden];
        foreach (string name in (string[])["bias_ih", "bias_hh", "bias"])
        {
            if (Take(name) is { } part)
            {
                RequireShape(part, [bias.Length], where);
                for (int n = 0; n < bias.Length; n++)
                    bias[n] += part.Floats[n];
            }
        }

        List<SafetensorsTensor> tensors =
        [
            ih with { Name = $"weight_ih_l{k}" }, hh with { Name = $"weight_hh_l{k}" }, SafetensorsTensor.FromFloats($"bias_l{k}", [bias.Length], bias),
        ];
        var peephole = Peephole.None;
        for (int gate = 0; gate < Letters.Length; gate++)
        {
            if (Take($"weight_c{Letters[gate]}") is not { } seen)
                continue;
            var kind = seen.Shape.Count == 1 ? PeepholeKind.Diagonal : PeepholeKind.Full;
            RequireShape(seen, kind == PeepholeKind.Diagonal ? [hidden] : [hidden, hidden], where);
            if (peephole.Kind != PeepholeKind.None && peephole.Kind != kind)
                throw Damaged(where, $"layer {k} has peepholes of two kinds");
            peephole = new Peephole(kind, peephole.Connections | (PeepholeConnections)(1 << gate));
            tensors.Add(seen with { Name = $"weight_c{Letters[gate]}_l{k}" });
        }

        if ((all ??= peephole) != peephole)
            throw Damaged(where, $"layer {k} has other peepholes than the layers before");
        return tensors;

        SafetensorsTensor? Take(string name) =>
            left.Remove(string.Create(CultureInfo.InvariantCulture, $"{prefix}{name}_l{k}"), out SafetensorsTensor? tensor) ? tensor : null;
    }

    private static void RequireShape(SafetensorsTensor tensor, IReadOnlyList<long> shape, string where)
    {
        if (tensor.Type != SafetensorsType.F32 || !tensor.Shape.SequenceEqual(shape))
            throw Damaged(where, $"{tensor.Name} is {tensor.Type} [{string.Join(", ", tensor.Shape)}], expected F32 [{string.Join(", ", shape)}]");
    }

    private static LstmTorchException Damaged(string where, string what) => new(ErrorKind.Damaged, $"{where}: cannot be imported: {what}");
}
