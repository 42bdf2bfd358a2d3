using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>
/// Reads ONNX files whose layers are the standard LSTM operator, with its peepholes P or without: one stack of layers of one
/// direction, and at most one linear map of the last hidden state behind it.
/// </summary>
/// <remarks>
/// Nothing of the file is run, and no other file is opened. What lies between the layers may change the arrangement of the numbers,
/// but not the numbers; in a file that <see cref="OnnxExport"/> wrote, scales and window normalization are known from its description.
/// </remarks>
public static class OnnxImport
{
    private const string HighwayName = "highway.weight";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it does not say.</param>
    /// <exception cref="LstmTorchException">It is missing, malformed, something else, or not enough for a model.</exception>
    public static ModelFile Read(string path, ImportOptions options)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (!stream.CanSeek || stream.Length > Array.MaxLength)
                throw new LstmTorchException(ErrorKind.Damaged, $"{path}: not an ONNX file: it is a pipe or the like, or longer than 2 GB, where the format ends");
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Parse(bytes, options, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="options">What it does not say.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">It is malformed, something else, or not enough for a model.</exception>
    public static ModelFile Parse(ReadOnlyMemory<byte> bytes, ImportOptions options, string where)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            OnnxContent content = OnnxReader.Read(bytes);
            ForecasterConfig? config = content.Metadata.TryGetValue(OnnxExport.ConfigKey, out string? json)
                ? ForecasterConfigJson.Deserialize(json, where)
                : null;
            return Weights(content, config).ToModel(options, where);
        }
        catch (FormatException error)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: cannot be imported from ONNX: {error.Message}", error);
        }
    }

    private static ImportedWeights Weights(OnnxContent content, ForecasterConfig? config)
    {
        if (config is { Members: > 1 })
            throw new FormatException($"it is an ensemble of {config.Members} networks, which is not read back; keep the model's own file, or import the PyTorch export");
        if (config is { Distribution: OutputDistribution.StudentT })
            throw new FormatException("it has Student's t distribution, whose degrees of freedom are not in the file; keep the model's own file, or import the PyTorch export");
        if (config is { FutureCovariates.Count: > 0 })
            throw new FormatException("it sees covariates that are known in advance, which is not read back; keep the model's own file, or import the PyTorch export");
        var stack = new OnnxStack(content, isOurs: config is not null);
        foreach (OnnxNode node in content.Nodes)
            stack.Take(node);
        if (stack.Layers.Count == 0)
            throw new FormatException("it has no LSTM operator");
        SafetensorsTensor[] highway = config is { Highway: true }
            ? [SafetensorsTensor.FromFloats(HighwayName, [config.Horizon, config.ContextLength], content.Floats(HighwayName, config.Horizon, config.ContextLength))]
            : [];
        return new ImportedWeights(stack.Layers, stack.Peephole, stack.Head, highway, config, ContextLength(content));
    }

    /// <summary>The steps of the windows, where the input says them: its first size if the first layer reads it as it is, time first, and else its second.</summary>
    private static int? ContextLength(OnnxContent content)
    {
        if (content.Inputs is not [var (name, shape)] || shape.Count != 3)
            return null;
        bool isTimeFirst = content.Nodes.First(node => node.Operation == "LSTM").Input(0) == name;
        return shape[isTimeFirst ? 0 : 1] is > 0 and <= int.MaxValue and var steps ? (int)steps : null;
    }
}
