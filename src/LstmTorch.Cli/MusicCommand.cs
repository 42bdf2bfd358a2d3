using System.CommandLine;
using System.Globalization;
using LstmTorch.Experiments.Music;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>experiment jsb-chorales</c> and <c>nottingham</c>: polyphonic music.</summary>
internal static class MusicCommand
{
    public static Command Create(MusicExperiment experiment, string example)
    {
        var command = new Verb(
            experiment.Name,
            $"{experiment.Description}: what sounds next, given what sounded before, with each kind of peepholes. The score is the negative log-likelihood in nats a frame.",
            example);
        var data = new Option<string>("--data") { Description = "The pieces, JSON or gzip: train, valid and test, each a list of pieces of frames of MIDI numbers.", HelpName = "FILE", Required = true };
        NumberOption<int> seeds = ExperimentCommand.Seeds();
        Option<PeepholeKind[]> kinds = ExperimentCommand.Kinds();
        var threads = new NumberOption<int>("--threads", "CPU threads; these networks are small.", byDefault: 1, least: 1);
        foreach (Option option in new Option[] { data, seeds, kinds })
            command.Add(option);
        var options = new MusicCommandOptions(command);
        command.Add(threads);
        ExperimentCommand.SetAction(
            command,
            (parsed, tell, cancellation) =>
            {
                MusicOptions music = options.Read(parsed);
                music.Validate();
                LibTorch.SetThreads(threads.Of(parsed));
                return experiment.Run(parsed.GetValue(data)!, music, parsed.GetKinds(kinds), seeds.Of(parsed), tell, cancellation);
            },
            result => new
            {
                experiment = experiment.Name,
                unit = "nats a frame",
                result.TestFrames,
                Networks = result.Networks.Select(network => new { Peephole = Choices.Name(network.Peephole), network.Test, network.Validation, network.Fits }),
                result.Baselines,
                result.Published,
            },
            (output, result) => Write(output, experiment, result));
        return command;
    }

    private static void Write(TextWriter output, MusicExperiment experiment, MusicResult result)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{experiment.Description}: nats a frame, {result.TestFrames} frames of the test part; mean and deviation over {result.Networks[0].Fits.Count} seeds"));
        output.WriteLine();
        var table = new TextTable(["model", "test", "deviation", "validation", "deviation", "weights", "epochs", "seconds"], wordColumns: 1);
        foreach (MusicScore network in result.Networks)
        {
            table.Add(
                ExperimentCommand.NameOf(network.Peephole),
                network.Test.Mean,
                network.Test.Deviation,
                network.Validation.Mean,
                network.Validation.Deviation,
                Whole(network.Fits[0].Weights),
                Whole(network.Fits.Average(fit => fit.Epochs)),
                Whole(network.Fits.Average(fit => fit.Seconds)));
        }

        foreach (BaselineScore baseline in result.Baselines)
            table.Add(baseline.Method, baseline.Test, null, baseline.Validation, null, null, null, null);
        foreach (PublishedScore published in result.Published)
            table.Add($"{published.Model} ({published.Source})", published.Test, null, null, null, null, null, null);
        table.Write(output);
    }

    private static string Whole(double number) => number.ToString("F0", CultureInfo.InvariantCulture);
}
