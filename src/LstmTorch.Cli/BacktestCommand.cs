using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Backtesting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>backtest [DATA]</c>: rolling-origin evaluation with refitting, of one model or of several on the same folds.</summary>
internal static class BacktestCommand
{
    private static readonly BacktestOptions s_defaults = new();

    public static Command Create()
    {
        var command = new Verb(
            "backtest",
            "Goes through the data fold by fold: each fold is forecast by a model that was trained on rows before it. The options of train change the model; --help of train explains them. --test-fraction does not count.",
            "sales.csv --target revenue --horizon 7 --folds 8");
        var data = new Argument<string?>("DATA") { Description = "The CSV or Parquet file; without it, the embedded sample.", Arity = ArgumentArity.ZeroOrOne };
        var compare = new Option<string?>("--compare") { Description = "Files of options as --config takes them, with commas between them: a model each, all on the same folds, held against the first.", HelpName = "FILE,FILE,..." };
        var folds = new NumberOption<int>("--folds", "How many folds.", s_defaults.Folds);
        var start = new NumberOption<double>("--start", "Share of the rows before the first fold.", s_defaults.Start);
        Option<string?> window = CommonOptions.Choice<TrainingWindow>("--window", "Train on all rows before a fold, or on the last as many as the first fold has. Default: expanding.");
        var refit = new NumberOption<int>("--refit-every", "A new model every so many folds; 0 for one model for all.", s_defaults.RefitEvery);
        var stride = new NumberOption<int>("--stride", "Rows from one origin of a fold to the next.", s_defaults.Stride);
        command.Add(data);
        foreach (Option option in new Option[] { compare, folds, start, window, refit, stride })
            command.Add(option);
        var train = new TrainOptions(command, ("DIR", "The folder. Default: checkpoints/ and the name of the data with -backtest."));
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            using var signals = new StopSignals();
            var options = new BacktestOptions
            {
                Folds = folds.Of(parsed),
                Start = start.Of(parsed),
                Window = parsed.GetChoice<TrainingWindow>(window) ?? s_defaults.Window,
                RefitEvery = refit.Of(parsed),
                Stride = stride.Of(parsed),
            };
            options.Validate();
            RunOptions WithData(RunOptions model) => model with { Data = parsed.GetValue(data) ?? model.Data };
            var run = new BacktestRun(options, parsed.GetValue(CommonOptions.Quiet) ? null : Console.Error.WriteLine, signals.Token);
            bool json = parsed.GetValue(CommonOptions.Json);
            try
            {
                if (parsed.GetValue(compare) is not { } files)
                {
                    One(run, WithData(train.Read(parsed)), json);
                    return ExitCode.Success;
                }

                (string Name, RunOptions Model)[] models = [.. files.Split(',').Select(file => (Path.GetFileNameWithoutExtension(file), WithData(train.Read(parsed, file))))];
                Several(run, models, parsed.GetValue<string?>("--out"), json);
                return ExitCode.Success;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("lstmtorch: stopped; go on with the same command and --resume");
                return signals.ExitCode;
            }
        });
        return command;
    }

    private static void One(BacktestRun run, RunOptions model, bool json)
    {
        BacktestedModel tested = run.Of(model, new BacktestDirectory(model.Out ?? BacktestDirectory.Default(model.Data)), string.Empty);
        if (json)
            Console.Out.Write(BacktestDirectory.Serialize(tested.Set, tested.Model, run.Options, tested.Result));
        else
            BacktestTables.Write(Console.Out, tested.Result, tested.Directory);
    }

    private static void Several(BacktestRun run, (string Name, RunOptions Model)[] models, string? output, bool json)
    {
        Check(models);
        string folder = output ?? BacktestDirectory.Default(models[0].Model.Data);
        BacktestDirectory[] directories = [.. models.Select(entry => new BacktestDirectory(Path.Combine(folder, entry.Name)))];
        if (models[0].Model.Resume && !Array.Exists(directories, directory => directory.HoldsBacktest))
            throw new LstmTorchException(ErrorKind.NotFound, $"{folder}: there is no backtest to resume; leave --resume out to start one");

        // One that had not begun when the others were stopped begins now.
        BacktestedModel[] tested = [.. models.Zip(directories, (entry, directory) =>
            run.Of(entry.Model with { Resume = entry.Model.Resume && directory.HoldsBacktest }, directory, $"{entry.Name}, "))];
        IReadOnlyList<ComparedForecast> compared = BacktestComparison.Of(
            tested[0].Set, [.. models.Zip(tested, (entry, each) => (entry.Name, each.Result))], models[0].Model.Horizon, run.Options.Stride);
        var document = new JsonObject
        {
            ["format_version"] = BacktestDirectory.FormatVersion,
            ["file"] = tested[0].Set.SourceName,
            ["sha256"] = tested[0].Set.Sha256,
            ["backtest"] = JsonSerializer.SerializeToNode(run.Options, RunConfig.Json),
            ["windows"] = tested[0].Result.All.Windows,
            ["forecasts"] = JsonSerializer.SerializeToNode(compared, RunConfig.Json),
        };
        string text = document.ToJsonString(RunConfig.Json) + "\n", file = Path.Combine(folder, "comparison.json");
        AtomicFile.WriteText(file, text);
        if (json)
            Console.Out.Write(text);
        else
            BacktestTables.WriteComparison(Console.Out, compared, tested[0].Result.All.Windows, file);
    }

    private static void Check((string Name, RunOptions Model)[] models)
    {
        if (models.Select(entry => entry.Name).Distinct().Count() < models.Length)
            throw new LstmTorchException(ErrorKind.Usage, "--compare: two files have one name, and results are named after them; rename one");
        RunOptions first = models[0].Model;
        foreach (var (name, model) in models)
        {
            model.Validate();
            if (model.Data != first.Data)
                throw new LstmTorchException(ErrorKind.Usage, $"--compare: '{name}' names other data than '{models[0].Name}'; name the file on the command line");
            if (model.Horizon != first.Horizon || !model.Target.SequenceEqual(first.Target))
                throw new LstmTorchException(ErrorKind.Usage, $"--compare: '{name}' predicts something else than '{models[0].Name}'; give all one --target and --horizon");
        }
    }
}
