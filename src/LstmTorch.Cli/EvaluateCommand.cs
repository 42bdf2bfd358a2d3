using System.CommandLine;
using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;

namespace LstmTorch.Cli;

/// <summary><c>evaluate MODEL [DATA]</c>: the metrics of a model and of the naive forecasts.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "evaluate",
            "Measures a model beside the naive forecasts: on each part of the data that it was trained on, or on all of other data.",
            "checkpoints/sales new-sales.csv");
        var arguments = new ModelArguments(command);
        command.SetAction(parsed =>
        {
            var (model, data, _, run) = arguments.Read(parsed);
            using (model)
            {
                IReadOnlyDictionary<string, PartMetrics> parts = Evaluate(model, data, run);
                if (parsed.GetValue(CommonOptions.Json))
                    Console.Out.WriteLine(JsonSerializer.Serialize(new { Target = model.Config.Targets, model.Config.Horizon, model.Config.Seasonality, Splits = parts }, RunConfig.Json));
                else
                    ResultTables.WriteMetrics(Console.Out, parts, model.Config);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static IReadOnlyDictionary<string, PartMetrics> Evaluate(TrainedModel model, TimeSeriesSet data, RunConfig? run) =>
        run is not null && run.Data.Sha256 == data.Sha256
            ? model.Evaluate(data, [.. run.Data.Series.Select(series => new ChronologicalSplit(series.TrainEnd, series.ValidationEnd, series.End))])
            : new Dictionary<string, PartMetrics> { ["all"] = model.Evaluate(data) };
}
