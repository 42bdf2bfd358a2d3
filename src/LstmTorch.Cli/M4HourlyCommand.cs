using System.CommandLine;
using LstmTorch.Experiments;

namespace LstmTorch.Cli;

/// <summary><c>experiment m4-hourly</c>: the hourly series of the M4 competition.</summary>
internal static class M4HourlyCommand
{
    /// <summary>A network of this experiment takes a quarter of an hour.</summary>
    private const int DefaultSeeds = 3;

    public static Command Create()
    {
        var command = new Verb(
            "m4-hourly",
            "The hourly series of the M4 competition, 48 hours ahead. The options of train change the model; --help of train explains them.",
            "--data Hourly-train.csv --test Hourly-test.csv");
        var data = new Option<string>("--data") { Description = "The training file.", HelpName = "FILE", Required = true };
        var test = new Option<string?>("--test") { Description = "The test file. Default: the last 48 values of every training series are kept back.", HelpName = "FILE" };
        NumberOption<int> seeds = ExperimentCommand.Seeds(DefaultSeeds);
        foreach (Option option in new Option[] { data, test, seeds })
            command.Add(option);
        var options = new TrainOptions(command);
        ExperimentCommand.SetAction(
            command,
            (parsed, tell, cancellation) =>
                M4HourlyExperiment.Run(parsed.GetValue(data)!, parsed.GetValue(test), options.Read(parsed, M4HourlyExperiment.Options), seeds.Of(parsed), tell, cancellation),
            scores => scores.Select(entry => new { entry.Method, entry.Score.Smape, entry.Score.Mase, entry.Score.Owa }),
            (output, scores) =>
            {
                var table = new TextTable(["forecast", "sMAPE %", "MASE", "OWA"], wordColumns: 1);
                foreach (var (method, score) in scores)
                    table.Add(method, score.Smape, score.Mase, score.Owa);
                table.Write(output);
            });
        return command;
    }
}
