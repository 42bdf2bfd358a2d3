using System.CommandLine;
using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
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
            var (model, data, read, _) = arguments.Read(parsed);
            using (model)
            {
                if (parsed.GetValue(output) is { } file)
                    OutputFile.Check(file, read);
                IReadOnlyList<PredictionRow> rows = parsed.GetValue(all) ? model.PredictAll(data) : model.PredictNext(data);
                if (WindowIndex.RemarkOnShort(data, model.Config.ContextLength) is { } remark)
                    parsed.Remark(data, remark);
                Write(rows, model.Config, parsed.GetValue(output), parsed.GetValue(CommonOptions.Json));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(IReadOnlyList<PredictionRow> rows, ForecasterConfig config, string? file, bool json)
    {
        if (file is not null)
            AtomicFile.Write(file, stream => PredictionsCsv.Write(stream, rows, config.Intervals, config.Quantiles));
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, RunConfig.Json));
        }
        else if (file is null)
        {
            using Stream stream = Console.OpenStandardOutput();
            PredictionsCsv.Write(stream, rows, config.Intervals, config.Quantiles);
        }
    }
}
