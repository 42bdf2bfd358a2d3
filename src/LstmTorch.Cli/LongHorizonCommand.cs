using System.CommandLine;
using System.Globalization;
using LstmTorch.Experiments;

namespace LstmTorch.Cli;

/// <summary><c>experiment etth1</c> and <c>illness</c>: the protocol of the long-horizon literature.</summary>
internal static class LongHorizonCommand
{
    public static Command Create(LongHorizonExperiment experiment, string example)
    {
        var command = new Verb(
            experiment.Name,
            $"{experiment.Description}. The options of train change the model; --help of train explains them.",
            example);
        var data = new Option<string>("--data") { Description = "The data file.", HelpName = "FILE", Required = true };
        NumberOption<int> seeds = ExperimentCommand.Seeds();
        command.Add(data);
        command.Add(seeds);
        var options = new TrainOptions(command);
        ExperimentCommand.SetAction(
            command,
            (parsed, tell, cancellation) => experiment.Run(parsed.GetValue(data)!, options.Read(parsed, experiment.Options), seeds.Of(parsed), tell, cancellation),
            results => results,
            (output, results) => Write(output, experiment, results));
        return command;
    }

    private static void Write(TextWriter output, LongHorizonExperiment experiment, IReadOnlyList<HorizonScore> results)
    {
        output.WriteLine($"{experiment.Description}; mean over {results[0].Mse.Values.Count} seeds");
        output.WriteLine();
        var table = new TextTable(
            ["horizon", "model", "deviation", "MAE", "last value", "last season's mean", .. experiment.Published.Select(entry => entry.Source)], wordColumns: 1);
        foreach (HorizonScore score in results)
        {
            table.Add([
                score.Horizon.ToString(CultureInfo.InvariantCulture), score.Mse.Mean, score.Mse.Deviation, score.Mae.Mean, score.LastValue, score.LastSeason,
                .. score.Published.Select(entry => double.IsNaN(entry.Mse) ? null : (object)entry.Mse)]);
        }

        table.Write(output);
    }
}
