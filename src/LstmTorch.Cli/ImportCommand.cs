using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;

namespace LstmTorch.Cli;

/// <summary><c>import SOURCE --out FILE</c>: a model of another program, as one of ours.</summary>
internal static class ImportCommand
{
    private const string Identity = "identity";

    private static readonly Argument<string> s_source = new("SOURCE")
    {
        Description = "A .onnx file whose layers are the LSTM operator; a safetensors file with the state dict of an nn.LSTM, alone or with one nn.Linear; or a folder that export wrote for PyTorch.",
    };

    private static readonly Option<string> s_output = new("--out") { Description = "The model file to write.", HelpName = "FILE", Required = true };
    private static readonly Option<string[]> s_inputs = Words("--inputs", "The names of the input columns, in their order. Default: the file's, else x1 x2 ….", "COLUMN");
    private static readonly Option<string[]> s_targets = Words("--target", "The names of the target columns. Default: the file's, else y.", "COLUMN");
    private static readonly Option<int?> s_context = new("--context-length") { Description = "Past steps that the model sees. Default: the file's, else 30.", HelpName = "N" };
    private static readonly Option<string[]> s_inputScale = Words(
        "--input-scale", "For each input the offset and scale by which it was brought to the network's: (value - OFFSET) / SCALE. Default: the file's, else 0,1.", "OFFSET,SCALE");

    private static readonly Option<string[]> s_targetScale = Words("--target-scale", "The same for each target.", "OFFSET,SCALE");
    private static readonly Option<string?> s_head = new("--head")
    {
        Description = "For a file of layers alone: the safetensors file of an nn.Linear, or identity, where the last hidden state is the forecast.",
        HelpName = "FILE|identity",
    };

    public static Command Create()
    {
        var command = new Verb(
            "import",
            "Makes a model of an nn.LSTM's weights, or of an ONNX file with LSTM operators.",
            "lstm.safetensors --head linear.safetensors --inputs load wind --target load --out model.safetensors")
        {
            s_source, s_output, s_inputs, s_targets, s_context, s_inputScale, s_targetScale, s_head, CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(s_source)!, output = parsed.GetValue(s_output)!;
            OutputFile.Check(output, source);
            ImportOptions options = Options(parsed);
            bool isOnnx = Path.GetExtension(source).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
            ModelFile model = isOnnx ? OnnxImport.Read(source, options) : StateDictImport.Read(source, options);
            bool isChecked = isOnnx && parsed.GetValue(s_head) is null;
            double? difference = isChecked ? Check(source, model) : null;
            ModelFile.Write(output, model.Config, model.Tensors);
            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(new JsonObject { ["path"] = output, ["bytes"] = new FileInfo(output).Length, ["largest_difference"] = difference }.ToJsonString(RunConfig.Json));
            else
                Console.Out.WriteLine($"written to {output}: {Describe(model.Config)}{(isChecked ? Told(difference) : string.Empty)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static ImportOptions Options(ParseResult parsed) => new()
    {
        Inputs = NullIfEmpty(parsed.GetValue(s_inputs)),
        Targets = NullIfEmpty(parsed.GetValue(s_targets)),
        ContextLength = parsed.GetValue(s_context),
        InputScalers = Scalers(s_inputScale.Name, parsed.GetValue(s_inputScale)),
        TargetScalers = Scalers(s_targetScale.Name, parsed.GetValue(s_targetScale)),
        Head = parsed.GetValue(s_head) is { } file and not Identity ? ImportedHead.Read(file) : null,
        HiddenStateIsForecast = parsed.GetValue(s_head) == Identity,
    };

    /// <summary>Holds the model against the file in ONNX Runtime; null where the file takes other windows than we do.</summary>
    private static double? Check(string source, ModelFile model)
    {
        // A foreign file knows nothing of the scales that the options added.
        ForecasterConfig config = model.Config;
        using var session = new OnnxRuntimeSession(File.ReadAllBytes(source), config);
        if (session.Windows is not { } windows)
            return null;
        if (!session.IsOurs)
        {
            config = config with
            {
                InputScalers = [.. config.Inputs.Select(_ => ColumnScaler.Identity)],
                TargetScalers = [.. config.Targets.Select(_ => ColumnScaler.Identity)],
            };
        }

        double difference = OnnxCheck.LargestDifference(model with { Config = config }, session.Forecast, batches: windows);
        return difference <= OnnxCheck.Tolerance
            ? difference
            : throw new LstmTorchException(
                ErrorKind.BadData,
                string.Create(CultureInfo.InvariantCulture, $"{source}: not imported: the file computes something else than the layers and the linear map that were found in it; in ONNX Runtime its forecasts differ by up to {difference:G2}"));
    }

    private static string Told(double? difference) => difference is null
        ? "; not held against ONNX Runtime, because the file takes other windows"
        : string.Create(CultureInfo.InvariantCulture, $"; forecasts as the file does in ONNX Runtime, within {difference:G2}");

    private static string Describe(ForecasterConfig config) =>
        $"{config.ContextLength} steps of {string.Join(", ", config.Inputs)}, layers of {string.Join(", ", config.HiddenSizes)}, {(config.Peephole == PeepholeKind.None ? "no" : Choices.Name(config.Peephole))} peepholes, {config.Horizon} ahead for {string.Join(", ", config.Targets)}";

    private static Option<string[]> Words(string name, string description, string word) =>
        new(name) { Description = description, HelpName = word, AllowMultipleArgumentsPerToken = true };

    private static string[]? NullIfEmpty(string[]? words) => words is [] ? null : words;

    private static ColumnScaler[]? Scalers(string name, string[]? words) => words is null or [] ? null : [.. words.Select(word =>
        word.Split(',') is [var offset, var scale]
        && double.TryParse(offset, NumberStyles.Float, CultureInfo.InvariantCulture, out double subtracted)
        && double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double divisor)
            ? new ColumnScaler(subtracted, divisor)
            : throw new LstmTorchException(ErrorKind.Usage, $"{name} '{word}': write the offset, a comma and the scale, such as 12.5,3"))];
}
