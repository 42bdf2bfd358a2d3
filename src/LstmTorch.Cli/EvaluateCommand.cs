using System.CommandLine;
using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;

namespace LstmTorch.Cli;

/// <summary><c>evaluate MODEL [DATA]</c>: the metrics of a model and of the baselines.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "evaluate",
            "Measures a model beside the baselines: on each part of the data that it was trained on, or on all of other data.",
            "checkpoints/sales new-sales.csv");
        var arguments = new ModelArguments(command);
        command.SetAction(parsed =>
        {
            var (model, data, _, run) = arguments.Read(parsed);
            using (model)
            {
                IReadOnlyList<ChronologicalSplit>? splits = run?.SplitsOf(data);
                IReadOnlyDictionary<string, PartMetrics> parts = splits is not null
                    ? model.Evaluate(data, splits)
                    : new Dictionary<string, PartMetrics> { ["all"] = model.Evaluate(data) };
                IReadOnlyList<SeriesMetrics>? series = data.Series.Count > 1 ? model.EvaluateEachSeries(data, splits) : null;
                if (run is not null && splits is null && SeenBefore(run, data) is { } seen)
                    parsed.Remark(data, seen);
                if (parsed.GetValue(CommonOptions.Json))
                    Console.Out.WriteLine(JsonSerializer.Serialize(new { Target = model.Config.Targets, model.Config.Horizon, model.Config.Seasonality, Splits = parts, Series = series }, RunConfig.Json));
                else
                    ResultTables.WriteMetrics(Console.Out, parts, model.Config, series);
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>What to say of data that reaches back before the test part of the model's own; null where it does not, or has no dates.</summary>
    private static string? SeenBefore(RunConfig run, TimeSeriesSet data)
    {
        long rows = 0;
        foreach (var (series, borders) in data.Series.Join(run.Data.Series, series => series.Id, borders => borders.Id, ValueTuple.Create))
        {
            if (series.Time.Kind == TimeAxisKind.Date)
                rows += Math.Max(0, Enumerable.Range(0, series.Length).FirstOrDefault(row => series.Time.Format(row) == borders.TestFrom, -1));
        }

        return rows == 0
            ? null
            : $"all of it is measured together, though it holds {ResultTables.Count(rows, "row")} from before the test part of the training: where the model has seen them, the errors are too small";
    }
}
