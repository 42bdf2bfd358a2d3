namespace LstmTorch.Runtime.Model;

/// <summary>A model in one file: the weights as safetensors, the configuration as JSON in its metadata.</summary>
/// <param name="Config">What the model reads and predicts, and how it is built.</param>
/// <param name="Tensors">The weights, which agree with the configuration.</param>
public sealed record ModelFile(ForecasterConfig Config, IReadOnlyList<SafetensorsTensor> Tensors)
{
    /// <summary>The file's name in a run directory.</summary>
    public const string DefaultName = "model.safetensors";

    private const string Extension = ".safetensors";
    private const string FormatVersion = "1";

    /// <summary>A training writes this first and the model last.</summary>
    private const string RunConfigName = "config.json";

    /// <summary>The networks of the model, each as a model of its own; the model itself where it has one.</summary>
    /// <remarks>Intervals are those of all together.</remarks>
    public IReadOnlyList<ModelFile> Members => Config.Members == 1
        ? [this]
        : [.. Enumerable.Range(0, Config.Members).Select(member => ModelTensors.Prefix(member)).Select(prefix => new ModelFile(
            Config with { Members = 1 },
            [.. Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] })]))];

    /// <summary>The model for one series, with its scales alone.</summary>
    /// <param name="id">The series' id.</param>
    /// <exception cref="LstmTorchException">The model has no scales for this series.</exception>
    public ModelFile ForSeries(string id) => this with { Config = Config.ForSeries(id) };

    /// <summary>Refuses a model that holds the scales of several series, for a form that has room for one.</summary>
    internal void CheckOneScale()
    {
        if (Config.SeriesScales.Count > 0)
            throw new LstmTorchException(ErrorKind.Usage, $"this model scales each series by itself, and the export holds one; name it with --series, such as '{Config.SeriesScales[0].Id}'");
    }

    /// <summary>Joins networks to one model, whose forecast is the mean of theirs.</summary>
    /// <param name="members">Models that differ in nothing but their weights.</param>
    /// <exception cref="LstmTorchException">They read, predict or scale something else, or are built in another way.</exception>
    public static ModelFile Ensemble(IReadOnlyList<ModelFile> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        string first = ForecasterConfigJson.Serialize(members[0].Config);
        if (members.Any(member => member.Config.Members != 1 || ForecasterConfigJson.Serialize(member.Config) != first))
            throw new LstmTorchException(ErrorKind.Usage, "the members of an ensemble must differ in nothing but their weights");
        return members.Count == 1
            ? members[0]
            : new ModelFile(
                members[0].Config with { Members = members.Count },
                [.. members.SelectMany((member, number) => member.Tensors.Select(tensor => tensor with { Name = ModelTensors.Prefix(number) + tensor.Name }))]);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or a folder that holds <see cref="DefaultName"/>.</param>
    /// <exception cref="LstmTorchException">The file is missing, or not a whole model.</exception>
    public static ModelFile Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, DefaultName) : path;
        if (file != path && !Exists(file))
        {
            throw new LstmTorchException(ErrorKind.NotFound, Exists(Path.Combine(path, RunConfigName))
                ? $"{path}: there is no {DefaultName}, because the training here has not come to its end; go on with the same command and --resume"
                : $"{path}: there is no {DefaultName} in this folder");
        }

        if (!Exists(file))
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: there is no such file");
        try
        {
            return From(Safetensors.Read(file), file);
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.Damaged && !file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{file}: not a model; name a run directory or a {DefaultName}", error);
        }
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

    /// <summary>Unlike File.Exists, tells a file that may not be looked at from one that is not there.</summary>
    private static bool Exists(string file)
    {
        try
        {
            File.GetAttributes(file);
            return true;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: cannot be read: {error.Message}", error);
        }
    }

    private static ModelFile From(SafetensorsFile file, string where)
    {
        if (!file.Metadata.TryGetValue("config", out string? json))
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: a safetensors file, but not a model: its metadata holds no config");
        if (file.Metadata.GetValueOrDefault("format_version") is not FormatVersion and var version)
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: model format {version ?? "unknown"}, this program reads {FormatVersion}; another version wrote it");
        ForecasterConfig config = ForecasterConfigJson.Deserialize(json, where);
        ModelTensors.Check(config, file.Tensors, where);
        ModelTensors.CheckFinite(file.Tensors, where);
        return new ModelFile(config, file.Tensors);
    }
}
