using System.CommandLine;
using LstmTorch.Runtime;
using LstmTorch.Sweeping;

namespace LstmTorch.Cli;

/// <summary><c>sweep</c>: many trainings with different options: planned once, trained by any number of programs, ranked.</summary>
internal static class SweepCommand
{
    public static Command Create() => new Verb(
        "sweep",
        "Trains one model with different options and ranks them on the validation part: init plans it, run trains, report shows how it stands.",
        "init sales.csv --target revenue --vary learning-rate=1e-4..1e-2:log hidden-size=32/64/64,64 --trials 20")
    {
        Init(),
        Run(),
        Report(),
    };

    private static Verb Init()
    {
        var command = new Verb(
            "init",
            "Plans a sweep, and finds out that each trial can be trained. The options of train are those that all trials share; --help of train explains them.",
            "sales.csv --target revenue --vary learning-rate=1e-4..1e-2:log hidden-size=32/64/64,64 --trials 20");
        var data = new Argument<string?>("DATA") { Description = "The CSV or Parquet file; without it, the embedded sample.", Arity = ArgumentArity.ZeroOrOne };
        var vary = new Option<string[]>("--vary")
        {
            Description = "The options that differ: NAME=VALUE/VALUE/.. for some values, NAME=LOW..HIGH for a range of numbers, and :log behind it where each of its powers shall be as likely.",
            HelpName = "NAME=VALUES",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            Required = true,
        };
        var trials = new NumberOption<int>("--trials", "How many trials: the options as they are, and combinations drawn at random from --seed. Default: every combination, once.");
        Option<string?> objective = CommonOptions.Choice<SweepObjective>("--objective", "The error on the validation part by which trials are ranked. Default: mae.");
        var halving = new NumberOption<int>("--halving", "Train all trials for a few epochs, the best of so many for so many times as many, and so on up to --epochs; 3 is usual. Default: all to their end.");
        command.Add(data);
        foreach (Option option in new Option[] { vary, trials, objective, halving })
            command.Add(option);
        var train = new TrainOptions(command, ("DIR", "The folder. Default: checkpoints/ and the name of the data with -sweep."));
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            RunOptions model = train.Read(parsed);
            model = model with { Data = parsed.GetValue(data) ?? model.Data };
            string folder = parsed.GetValue<string?>("--out") ?? SweepDirectory.Default(model.Data);
            var sweep = new SweepOptions
            {
                Vary = parsed.GetValue(vary)!,
                Trials = parsed.GetValue(trials),
                Objective = parsed.GetChoice<SweepObjective>(objective) ?? SweepObjective.Mae,
                Halving = parsed.GetValue(halving),
            };
            Action<string>? tell = parsed.GetValue(CommonOptions.Quiet) ? null : text => Console.Error.WriteLine($"lstmtorch: {text}");
            SweepPlan plan = Sweep.Begin(model, sweep, new SweepDirectory(folder), tell);
            SweepTables.WritePlan(Console.Out, plan, folder);
            return ExitCode.Success;
        });
        return command;
    }

    private static Verb Run()
    {
        var command = new Verb("run", "Trains the trials that nobody else trains, until none is left, and shows how they stand. What was interrupted goes on.", "checkpoints/sales-sweep --jobs 2");
        Argument<string> directory = Directory();
        var index = new NumberOption<int>("--index", "Only the trial of this number, from 0: a task of a job array. Default: all.");
        var jobs = new NumberOption<int>("--jobs", "How many programs train side by side on this machine.", byDefault: 1, least: 1);
        command.Add(directory);
        command.Add(index);
        command.Add(jobs);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            var folder = new SweepDirectory(parsed.GetValue(directory)!);
            int? only = parsed.GetValue(index);
            using var signals = new StopSignals();
            bool quiet = parsed.GetValue(CommonOptions.Quiet);
            SweepEvents events = quiet ? new SweepEvents() : SweepTables.Lines(folder);
            bool ended;
            int more = only is null ? jobs.Of(parsed) - 1 : 0;
            using (var others = SweepWorkers.Start(folder, more, quiet, signals.Token))
            {
                ended = Sweep.Run(folder, only, events, signals.Token);
                others.Wait();
            }

            // What one of them that died has left.
            if (ended && more > 0)
                ended = Sweep.Run(folder, only, events, signals.Token);

            if (!ended)
            {
                Console.Error.WriteLine("lstmtorch: stopped; go on with the same command");
                return signals.ExitCode;
            }

            Show(folder, parsed.GetValue(CommonOptions.Json));
            return ExitCode.Success;
        });
        return command;
    }

    private static Verb Report()
    {
        var command = new Verb("report", "Shows how the trials stand, also while they are being trained.", "checkpoints/sales-sweep");
        Argument<string> directory = Directory();
        command.Add(directory);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            Show(new SweepDirectory(parsed.GetValue(directory)!), parsed.GetValue(CommonOptions.Json));
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "The folder that init planned." };

    private static void Show(SweepDirectory folder, bool json)
    {
        var standing = SweepStanding.Of(folder);
        if (json)
            Console.Out.Write(standing.Serialize());
        else
            SweepTables.Write(Console.Out, standing);
        if (standing.Best is null && standing.Count(TrialState.Failed) == standing.Trials.Count)
            throw new LstmTorchException(ErrorKind.Diverged, $"no trial could be trained; the first: {standing.Trials[0].Result.Error}");
    }
}
