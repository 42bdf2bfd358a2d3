using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using LstmTorch.Experiments;
using LstmTorch.Experiments.Music;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>experiment</c>: published protocols, several seeds, beside what needs no training.</summary>
internal static class ExperimentCommand
{
    private const int DefaultSeeds = 5;

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IncludeFields = true,
    };

    public static Command Create() => new Verb("experiment", "Repeats a published experiment with several seeds, beside what needs no training.", "etth1 --data ETTh1.csv")
    {
        LongHorizonCommand.Create(LongHorizonExperiment.Etth1, "--data ETTh1.csv"),
        LongHorizonCommand.Create(LongHorizonExperiment.Illness, "--data national_illness.csv"),
        M4HourlyCommand.Create(),
        TimingCommand.CreateSpikeDelays(),
        TimingCommand.CreateTimedSpikes(),
        TimingCommand.CreateWaves(),
        MusicCommand.Create(MusicExperiment.JsbChorales, "--data jsb-chorales-quarter.json"),
        MusicCommand.Create(MusicExperiment.Nottingham, "--data nottingham.json.gz"),
    };

    /// <summary>The option <c>--seeds</c> of every experiment.</summary>
    public static NumberOption<int> Seeds(int count = DefaultSeeds) => new("--seeds", "How many seeds, from --seed on.", count, least: 1);

    /// <summary>The option <c>--peephole</c> of experiments that compare kinds of peepholes.</summary>
    public static Option<PeepholeKind[]> Kinds() => CommonOptions.List<PeepholeKind>(
        "--peephole",
        "KIND,KIND,...",
        "The kinds of peepholes. Default: none,diagonal,full.",
        $"use one or more of {string.Join(", ", Choices.Names<PeepholeKind>())}, with commas between them",
        Choices.TryParse);

    /// <summary>The kinds that were asked for.</summary>
    public static IReadOnlyList<PeepholeKind> GetKinds(this ParseResult parsed, Option<PeepholeKind[]> kinds) =>
        parsed.GetValue(kinds) is { Length: > 0 } some ? some : Enum.GetValues<PeepholeKind>();

    /// <summary>What a network with a kind of peepholes is called in a table.</summary>
    public static string NameOf(PeepholeKind kind) => $"LSTM, {(kind == PeepholeKind.None ? "no" : Choices.Name(kind))} peepholes";

    /// <summary>Runs an experiment so that signals end it, with its progress on standard error and its result on standard output.</summary>
    /// <param name="command">The experiment's verb; <c>--json</c>, <c>--quiet</c> and <c>--verbose</c> are added to it.</param>
    /// <param name="run">Computes the result.</param>
    /// <param name="shape">The result as JSON shows it.</param>
    /// <param name="write">Writes the result for people.</param>
    public static void SetAction<T>(Command command, Func<ParseResult, Action<string>?, CancellationToken, T> run, Func<T, object> shape, Action<TextWriter, T> write)
    {
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            using var signals = new StopSignals();
            T result;
            try
            {
                result = run(parsed, parsed.GetValue(CommonOptions.Quiet) ? null : Console.Error.WriteLine, signals.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("lstmtorch: stopped before its end, so that there is no result; run the same command again");
                return signals.ExitCode;
            }

            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(shape(result), s_json));
            else
                write(Console.Out, result);
            return ExitCode.Success;
        });
    }
}
