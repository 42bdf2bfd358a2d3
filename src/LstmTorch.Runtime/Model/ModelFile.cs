namespace LstmTorch.Runtime.Model;

/// <summary>A model in one file: the weights as safetensors, the configuration as JSON in its metadata.</summary>
/// <param name="Config">What the model reads and predicts, and how it is built.</param>
/// <param name="Tensors">The weights, which agree with the configuration.</param>
public sealed record ModelFile(ForecasterConfig Config, IReadOnlyList<SafetensorsTensor> Tensors)
{
    /// <summary>The file's name in a run directory.</summary>
    public const string DefaultName = "model.safetensors";

    private const string FormatVersion = "1";

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or a folder that holds <see cref="DefaultName"/>.</param>
    /// <exception cref="LstmTorchException">The file is missing, or not a whole model.</exception>
    public static ModelFile Read(string path)
    {
        string file = path;
        if (Directory.Exists(path))
        {
            file = Path.Combine(path, DefaultName);
            if (!File.Exists(file))
            {
                string hint = File.Exists(Path.Combine(path, "config.json")) ? ": the run that began here has not come to its first result; go on with lstmtorch train and --resume" : string.Empty;
                throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no {DefaultName} in this folder{hint}");
            }
        }

        if (Path.GetExtension(file) is ".csv" or ".json" or ".html" && File.Exists(file))
            throw new LstmTorchException(ErrorKind.Usage, $"{path}: this is no model; name a run directory or a {DefaultName} first, and data after it");
        return From(Safetensors.Read(file), file);
    }

    /// <summary>Reads a model that is in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">It is not a whole model.</exception>
    public static ModelFile Parse(ReadOnlyMemory<byte> bytes, string where) => From(Safetensors.Parse(bytes, where), where);

    /// <summary>Writes a model: atomic, on disk when this returns.</summary>
    /// <exception cref="LstmTorchException">
    /// The file cannot be written, the configuration is out of range, or weights and configuration disagree.
    /// </exception>
    public static void Write(string path, ForecasterConfig config, IReadOnlyList<SafetensorsTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        ModelTensors.Check(config, tensors, path);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["format_version"] = FormatVersion,
            ["config"] = ForecasterConfigJson.Serialize(config),
        };
        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }

    private static ModelFile From(SafetensorsFile file, string where)
    {
        if (!file.Metadata.TryGetValue("config", out string? json))
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: a safetensors file, but not a model: its metadata holds no config");
        if (file.Metadata.GetValueOrDefault("format_version") is not FormatVersion and var version)
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: model format {version ?? "unknown"}, this program reads {FormatVersion}; another version wrote it");
        ForecasterConfig config = ForecasterConfigJson.Deserialize(json, where);
        ModelTensors.Check(config, file.Tensors, where);
        return new ModelFile(config, file.Tensors);
    }
}
