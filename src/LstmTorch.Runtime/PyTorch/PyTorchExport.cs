using System.Globalization;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.PyTorch;

/// <summary>Writes a model as a folder for PyTorch: weights as safetensors under PyTorch's names, and a Python module that forecasts with them.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>lstm.safetensors</term><description>The layers. Without peepholes and with layers of one width <c>nn.LSTM.load_state_dict</c> takes it, strictly.</description></item>
/// <item><term>head.safetensors</term><description>The state dict of an <c>nn.Linear</c>.</description></item>
/// <item><term>highway.safetensors, decoder.safetensors, covariates.safetensors</term><description>Such state dicts too, where the model has them.</description></item>
/// <item><term>distribution.safetensors</term><description>Of a model with a distribution: the factors by which its scale is multiplied for each quantile, [targets, quantiles].</description></item>
/// <item><term>config.json</term><description>The model's description, as <see cref="ForecasterConfigJson"/> writes it.</description></item>
/// <item><term>member0, member1, …</term><description>Such a folder for each network, instead of weights here, where the model has several.</description></item>
/// <item><term>forecaster.py</term><description>The whole model in plain PyTorch, from raw values to forecasts in original units.</description></item>
/// </list>
/// </remarks>
public static class PyTorchExport
{
    /// <summary>The files' names.</summary>
    internal const string LstmFile = "lstm.safetensors", HeadFile = "head.safetensors", DistributionFile = "distribution.safetensors";

    /// <summary>The degrees of freedom of Student's t distribution in <see cref="DistributionFile"/>, as <see cref="ModelTensors.Freedom"/> has them.</summary>
    internal const string Freedom = "freedom";

    /// <summary>The modules that only some models have.</summary>
    internal static readonly string[] OtherModules = ["highway", "decoder", "covariates"];

    private const string ConfigFile = "config.json", ModuleFile = "forecaster.py", FormatVersion = "1";

    /// <summary>The file of a module's weights.</summary>
    internal static string FileOf(string module) => $"{module}.safetensors";

    /// <summary>The folder of one of several networks.</summary>
    internal static string MemberOf(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"member{number}"));

    /// <summary>Writes the folder; an earlier export that is in it is replaced.</summary>
    /// <param name="folder">The folder; it is made if it is not there.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="LstmTorchException">A file cannot be written, or something else, such as a run, is in the folder.</exception>
    public static void Write(string folder, ModelFile model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.CheckOneScale();
        if (File.Exists(Path.Combine(folder, ConfigFile)) && !File.Exists(Path.Combine(folder, LstmFile)) && !Directory.Exists(MemberOf(folder, 0)))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{folder}: not written to: its {ConfigFile} is of something else, such as a run; name an empty or new folder");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{folder}: cannot be written to: {error.Message}", error);
        }

        string config = ForecasterConfigJson.Serialize(model.Config);
        if (model.Config.Members == 1)
        {
            Write(LstmFile, StateDict.OfLayers(model.Tensors), config);
            Write(HeadFile, [.. StateDict.Of(model.Tensors.Where(tensor => tensor.Name != ModelTensors.Freedom), "head.")]);
            if (model.Config.Distribution is OutputDistribution.Gaussian or OutputDistribution.StudentT)
                Write(DistributionFile, Distribution(model));
            foreach (string name in OtherModules)
            {
                if (StateDict.Of(model.Tensors, $"{name}.") is { Count: > 0 } weights)
                    Write(FileOf(name), weights);
            }
        }
        else
        {
            foreach (var (number, member) in model.Members.Index())
                PyTorchExport.Write(MemberOf(folder, number), member);
        }

        AtomicFile.WriteText(Path.Combine(folder, ConfigFile), config + "\n");
        using Stream module = typeof(PyTorchExport).Assembly.GetManifestResourceStream(ModuleFile)!;
        AtomicFile.Write(Path.Combine(folder, ModuleFile), module.CopyTo);

        static List<SafetensorsTensor> Distribution(ModelFile model)
        {
            SafetensorsTensor? freedom = model.Tensors.FirstOrDefault(tensor => tensor.Name == ModelTensors.Freedom);
            float[] factors = [.. QuantileFactors.Of(model.Config, freedom is null ? [] : freedom.Floats).Select(factor => (float)factor)];
            var tensor = SafetensorsTensor.FromFloats("factors", [model.Config.Targets.Count, model.Config.Quantiles.Count], factors);
            return freedom is null ? [tensor] : [tensor, freedom with { Name = Freedom }];
        }

        void Write(string file, IReadOnlyList<SafetensorsTensor> tensors, string? configuration = null)
        {
            var metadata = new Dictionary<string, string> { ["format"] = "pt" };
            if (configuration is not null)
                (metadata["format_version"], metadata["config"]) = (FormatVersion, configuration);
            AtomicFile.Write(Path.Combine(folder, file), stream => Safetensors.Write(stream, tensors, metadata));
        }
    }
}
