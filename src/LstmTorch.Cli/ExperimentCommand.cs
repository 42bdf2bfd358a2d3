using System.CommandLine;
using System.Text.Json;
using LstmTorch.Experiments;
using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary><c>experiment NAME</c>: published protocols, several seeds, beside what needs no training.</summary>
internal static class ExperimentCommand
{
    private const string M4Hourly = "m4-hourly";
    private const int DefaultSeeds = 5;

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IncludeFields = true,
    };

    private static readonly LongHorizonExperiment[] s_longHorizon = [LongHorizonExperiment.Etth1, LongHorizonExperiment.Illness];

    private static string[] Names => [.. s_longHorizon.Select(experiment => experiment.Name), M4Hourly];

    public static Command Create()
    {
        var command = new Verb(
            "experiment",
            "Repeats a published protocol with several seeds. The options of train change the model; --help of train explains them.",
            "etth1 --data ETTh1.csv");
        var name = new Argument<string>("NAME") { Description = $"One of {string.Join(", ", Names)}." };
        var data = new Option<string?>("--data") { Description = "The data file; for m4-hourly the training file.", HelpName = "FILE", Required = true };
        var test = new Option<string?>("--test") { Description = "For m4-hourly, the test file. Default: the last 48 values of every training series are kept back.", HelpName = "FILE" };
        var seeds = new Option<int>("--seeds") { Description = $"How many seeds, from --seed on. Default: {DefaultSeeds}.", DefaultValueFactory = _ => DefaultSeeds, HelpName = "N" };
        seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--seeds must be at least 1");
        });
        command.Add(name);
        foreach (Option option in new Option[] { data, test, seeds })
            command.Add(option);
        var options = new TrainOptions(command);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            using var signals = new StopSignals();
            Action<string>? tell = parsed.GetValue(CommonOptions.Quiet) ? null : Console.Error.WriteLine;
            string wanted = parsed.GetValue(name)!, file = parsed.GetValue(data)!;
            int count = parsed.GetValue(seeds);
            bool json = parsed.GetValue(CommonOptions.Json);
            if (wanted == M4Hourly)
            {
                var scores = M4HourlyExperiment.Run(file, parsed.GetValue(test), options.Read(parsed, M4HourlyExperiment.Options), count, tell, signals.Token);
                Write(json, scores.Select(entry => new { entry.Method, entry.Score.Smape, entry.Score.Mase, entry.Score.Owa }), output =>
                {
                    var table = new TextTable(["forecast", "sMAPE %", "MASE", "OWA"], wordColumns: 1);
                    foreach (var (method, score) in scores)
                        table.Add(method, score.Smape, score.Mase, score.Owa);
                    table.Write(output);
                });
                return ExitCode.Success;
            }

            LongHorizonExperiment experiment = s_longHorizon.FirstOrDefault(each => each.Name == wanted)
                ?? throw new LstmTorchException(ErrorKind.Usage, $"there is no experiment '{wanted}'; use one of {string.Join(", ", Names)}");
            var results = experiment.Run(file, options.Read(parsed, experiment.Options), count, tell, signals.Token);
            Write(json, results, output => WriteTable(output, experiment, results));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write<T>(bool json, T result, Action<TextWriter> table)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(result, s_json));
        else
            table(Console.Out);
    }

    private static void WriteTable(TextWriter output, LongHorizonExperiment experiment, IReadOnlyList<HorizonScore> results)
    {
        output.WriteLine($"{experiment.Description}; mean over {results[0].Mse.Values.Count} seeds");
        output.WriteLine();
        var table = new TextTable(
            ["horizon", "model", "deviation", "MAE", "last value", "last season's mean", .. experiment.Published.Select(entry => entry.Source)], wordColumns: 1);
        foreach (HorizonScore score in results)
        {
            table.Add([
                score.Horizon.ToString(System.Globalization.CultureInfo.InvariantCulture), score.Mse.Mean, score.Mse.Deviation, score.Mae.Mean, score.LastValue, score.LastSeason,
                .. score.Published.Select(entry => double.IsNaN(entry.Mse) ? null : (object)entry.Mse)]);
        }

        table.Write(output);
    }
}
