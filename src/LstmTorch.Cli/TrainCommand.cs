using System.CommandLine;
using LstmTorch.Persistence;
using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary><c>train [DATA]</c>: trains, evaluates and writes the run directory.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "train",
            "Trains a model on a CSV or Parquet file and evaluates it; without DATA, on the embedded sample.",
            "sales.csv --target revenue --horizon 7");
        var data = new Argument<string?>("DATA") { Description = "The CSV or Parquet file, or - for standard input.", Arity = ArgumentArity.ZeroOrOne };
        command.Add(data);
        var options = new TrainOptions(command);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            RunOptions run = options.Read(parsed);
            return Run(
                WithData(run, parsed.GetValue(data)),
                parsed.GetValue(CommonOptions.Json),
                parsed.GetValue(CommonOptions.Quiet));
        });
        return command;
    }

    private static RunOptions WithData(RunOptions options, string? data)
    {
        if (data is not null)
            return options with { Data = data };

        // An option that takes several columns takes a file name behind them as well.
        string? file = options.Target.Concat(options.Inputs).Concat(options.PastCovariates).Concat(options.FutureCovariates).Concat(options.Categorical).FirstOrDefault(File.Exists);
        return options.Data is not null || file is null
            ? options
            : throw new LstmTorchException(
                ErrorKind.Usage, $"'{file}' was taken for a column; name the file first: lstmtorch train {file} --target ...");
    }

    private static int Run(RunOptions options, bool json, bool quiet)
    {
        using var signals = new StopSignals();
        RunResult result = TrainingDisplay.Show(
            quiet, events => TrainingRun.Run(options, events, signals.Token));
        if (json && result.Metrics is not null)
            Console.Out.Write(MetricsJson.Serialize(result.Metrics));
        else if (!json)
            ResultTables.WriteRun(Console.Out, result);
        if (!result.Interrupted)
            return ExitCode.Success;

        Console.Error.WriteLine($"lstmtorch: stopped after {ResultTables.Count(result.History.Count, "epoch")}; go on with the same command and --resume");
        return signals.ExitCode;
    }
}
