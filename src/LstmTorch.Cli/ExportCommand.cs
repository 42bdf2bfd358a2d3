using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;

namespace LstmTorch.Cli;

/// <summary><c>export MODEL --format onnx|safetensors|pytorch --out FILE</c>: a model for other programs.</summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx", SafetensorsFormat = "safetensors", PyTorch = "pytorch";

    public static Command Create()
    {
        var command = new Verb(
            "export",
            "Writes a model for other programs: ONNX, which is checked against the model with ONNX Runtime; a folder for PyTorch; or the model file itself.",
            "checkpoints/seattle-weather --format onnx --out weather.onnx");
        var model = new Argument<string>("MODEL") { Description = "A run directory, or a model.safetensors." };
        Option<string?> format = CommonOptions.OneOf("--format", "What to write.", [Onnx, SafetensorsFormat, PyTorch]);
        format.Required = true;
        var output = new Option<string>("--out") { Description = "The file to write; with pytorch, the folder.", HelpName = "FILE", Required = true };
        var series = new Option<string?>("--series") { Description = "Of a model that scales each series by itself, the series to write it for.", HelpName = "ID" };
        command.Add(model);
        command.Add(format);
        command.Add(series);
        command.Add(output);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!, source = parsed.GetValue(model)!;
            ModelFile file = ModelFile.Read(source);
            if (parsed.GetValue(series) is { } id)
                file = file.ForSeries(id);
            OutputFile.Check(path, source, Path.Combine(source, ModelFile.DefaultName));
            JsonObject result = parsed.GetValue(format) switch
            {
                Onnx => WriteOnnx(file, path),
                PyTorch => WritePyTorch(file, path),
                _ => WriteSafetensors(file, path),
            };
            Tell(result, parsed.GetValue(CommonOptions.Json));
            return ExitCode.Success;
        });
        return command;
    }

    private static JsonObject WriteOnnx(ModelFile model, string path)
    {
        byte[] onnx = OnnxExport.ToBytes(model);
        double difference;
        using (var session = new OnnxRuntimeSession(onnx, model.Config))
        {
            difference = OnnxCheck.LargestDifference(model, session.Forecast);
            if (model.Config.Distribution != OutputDistribution.Point)
                difference = Math.Max(difference, OnnxCheck.LargestDifference(model, session.Quantiles, allQuantiles: true));
        }

        if (double.IsNaN(difference))
            throw new LstmTorchException(ErrorKind.Damaged, $"{path}: not written: the model's forecasts are no numbers; its weights are damaged");
        if (difference > OnnxCheck.Tolerance)
        {
            throw new LstmTorchException(
                ErrorKind.Environment,
                string.Create(CultureInfo.InvariantCulture, $"{path}: not written: ONNX Runtime's forecasts differ from the model's by up to {difference:G2}, where {OnnxCheck.Tolerance:G1} is rounding; please report this"));
        }

        AtomicFile.Write(path, stream => stream.Write(onnx));
        return new JsonObject { ["format"] = Onnx, ["path"] = path, ["bytes"] = onnx.LongLength, ["largest_difference"] = difference };
    }

    private static JsonObject WritePyTorch(ModelFile model, string folder)
    {
        PyTorchExport.Write(folder, model);
        return new JsonObject { ["format"] = PyTorch, ["path"] = folder };
    }

    private static JsonObject WriteSafetensors(ModelFile model, string path)
    {
        ModelFile.Write(path, model.Config, model.Tensors);
        return new JsonObject { ["format"] = SafetensorsFormat, ["path"] = path, ["bytes"] = new FileInfo(path).Length };
    }

    private static void Tell(JsonObject result, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(result.ToJsonString(RunConfig.Json));
            return;
        }

        string size = result["bytes"] is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {(long)bytes:N0} bytes") : string.Empty;
        string check = result["largest_difference"] is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"; ONNX Runtime forecasts as the model does, within {(double)difference:G2}")
            : string.Empty;
        Console.Out.WriteLine($"written to {result["path"]}{size}{check}");
    }
}
