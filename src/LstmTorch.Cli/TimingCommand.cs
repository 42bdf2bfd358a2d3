using System.CommandLine;
using System.Globalization;
using LstmTorch.Experiments.Timing;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>experiment spike-delays</c>, <c>timed-spikes</c> and <c>waves</c>: the tasks of precise timing.</summary>
internal static class TimingCommand
{
    private const int DefaultSeeds = 10;

    private static readonly TimingOptions s_defaults = new();

    public static Verb CreateSpikeDelays() => CreateSpikes("spike-delays", SpikeTaskKind.Measure, "Measures the delays between spikes", "--interval 20");

    public static Verb CreateTimedSpikes() => CreateSpikes("timed-spikes", SpikeTaskKind.Generate, "Generates spikes at given delays", "--hidden-size 2");

    public static Verb CreateWaves()
    {
        Option<string?> shape = CommonOptions.Choice<WaveShape>("--shape", "The wave. Default: cosine.");
        var period = new NumberOption<int>("--period", "Steps of a period.", 10);
        return Create(
            "waves",
            "Generates a wave out of nothing",
            "--shape triangle",
            [shape, period],
            parsed => new WaveTask(parsed.GetChoice<WaveShape>(shape) ?? WaveShape.Cosine, period.Of(parsed)),
            task => FormattableString.Invariant($"a {Choices.Name(((WaveTask)task).Shape)} of {task.LongestInterval} steps a period"));
    }

    private static Verb CreateSpikes(string name, SpikeTaskKind kind, string description, string example)
    {
        NumberOption<int> interval = new("--interval", "Steps of the shortest delay.", 10), range = new("--range", "A delay is longer by a random number of steps from 0 to this.", 1);
        return Create(
            name,
            description,
            example,
            [interval, range],
            parsed => new SpikeTask(kind, interval.Of(parsed), range.Of(parsed)),
            task => FormattableString.Invariant($"delays of {((SpikeTask)task).Interval} to {task.LongestInterval} steps"));
    }

    private static Verb Create(
        string name, string description, string example, IReadOnlyList<Option> ofTask, Func<ParseResult, TimingTask> task, Func<TimingTask, string> words)
    {
        var command = new Verb(
            name,
            $"{description} (Gers, Schraudolph and Schmidhuber, 2002): how many networks of few cells learn it, with each kind of peepholes.",
            example);
        NumberOption<int> hidden = new("--hidden-size", "How many cells.", s_defaults.HiddenSize), steps = new("--steps", "The most steps of training.", s_defaults.Steps);
        var learningRate = new NumberOption<double>("--learning-rate", "Step size of Adam.", s_defaults.LearningRate);
        var seed = new NumberOption<long>("--seed", "The first seed.", 0);
        NumberOption<int> seeds = ExperimentCommand.Seeds(DefaultSeeds);
        Option<PeepholeKind[]> kinds = ExperimentCommand.Kinds();
        foreach (Option option in ofTask.Concat([hidden, kinds, seeds, seed, steps, learningRate, CommonOptions.Kernel]))
            command.Add(option);
        ExperimentCommand.SetAction(
            command,
            (parsed, tell, cancellation) =>
            {
                // Networks this small are slower on two threads than on one.
                LibTorch.SetThreads(1);
                TimingTask chosen = task(parsed);
                var options = new TimingOptions
                {
                    HiddenSize = hidden.Of(parsed),
                    Steps = steps.Of(parsed),
                    LearningRate = learningRate.Of(parsed),
                    Seed = seed.Of(parsed),
                    Kernel = parsed.GetKernel(),
                };
                return (Task: chosen, options.HiddenSize, Networks: TimingExperiment.Run(chosen, options, parsed.GetKinds(kinds), seeds.Of(parsed), tell, cancellation));
            },
            result => new
            {
                experiment = name,
                Task = words(result.Task),
                result.HiddenSize,
                Networks = result.Networks.Select(network => new { Peephole = Choices.Name(network.Peephole), network.Learned, network.MedianSteps, network.Fits }),
            },
            (output, result) =>
            {
                string cells = result.HiddenSize == 1 ? "one cell" : $"{result.HiddenSize} cells";
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{description}: {words(result.Task)}, {cells}; learned is what is right to {result.Task.Tolerance} at each of {result.Task.StepsOf(TimingTraining.TestEvents)} steps of a fresh stream"));
                output.WriteLine();
                Write(output, result.Networks);
            });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<TimingScore> networks)
    {
        var table = new TextTable(["model", "learned", "median steps", "weights", "seconds"], wordColumns: 1);
        foreach (TimingScore network in networks)
        {
            table.Add(
                ExperimentCommand.NameOf(network.Peephole),
                $"{network.Learned} of {network.Fits.Count}",
                network.MedianSteps?.ToString(CultureInfo.InvariantCulture),
                network.Fits[0].Weights.ToString(CultureInfo.InvariantCulture),
                network.Fits.Average(fit => fit.Seconds).ToString("F0", CultureInfo.InvariantCulture));
        }

        table.Write(output);
    }
}
