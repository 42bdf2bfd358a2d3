using System.CommandLine;
using System.Text.Json;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>predict MODEL [DATA]</c>: the horizon that follows the end of the data, as CSV.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "predict",
            "Forecasts what follows the end of the data, as CSV in original units.",
            "checkpoints/sales sales.csv --out forecast.csv");
        var arguments = new ModelArguments(command);
        var output = new Option<string?>("--out") { Description = "The CSV file to write. Default: standard output.", HelpName = "FILE" };
        var all = new Option<bool>("--all") { Description = "Forecast every window of the data, with the actual values beside." };
        command.Add(output);
        command.Add(all);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(output) is { } file)
                OutputFile.Check(file);
            var (model, data, _) = arguments.Read(parsed, targetsOptional: !parsed.GetValue(all));
            using (model)
            {
                if (parsed.GetValue(output) is { } target && OutputFile.IsSameFile(target, data.SourceName))
                    throw new LstmTorchException(ErrorKind.Usage, $"--out {target}: this is the data file, which the forecast would replace; name another file");
                bool quiet = parsed.GetValue(CommonOptions.Quiet);
                void Tell(string remark)
                {
                    if (!quiet)
                        Console.Error.WriteLine($"lstmtorch: {remark}");
                }

                IReadOnlyList<PredictionRow> rows = parsed.GetValue(all) ? model.PredictAll(data) : model.PredictNext(data, Tell);
                Write(rows, model.Config, parsed.GetValue(output), parsed.GetValue(CommonOptions.Json));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(IReadOnlyList<PredictionRow> rows, ForecasterConfig config, string? file, bool json)
    {
        if (file is not null)
            AtomicFile.Write(file, stream => PredictionsCsv.Write(stream, rows, config.Intervals));
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, RunConfig.Json));
        }
        else if (file is null)
        {
            using Stream stream = Console.OpenStandardOutput();
            PredictionsCsv.Write(stream, rows, config.Intervals);
        }
    }
}
