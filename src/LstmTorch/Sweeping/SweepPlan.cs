using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Persistence;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>sweep.json: what a sweep is. It is written once, so that any number of programs, on any number of machines, can work at it.</summary>
/// <param name="FormatVersion">The version of the file.</param>
/// <param name="File">The data file as it was named, or the sample's name.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Objective">By what trials are ranked.</param>
/// <param name="Halving">The η of <see cref="SuccessiveHalving"/>; null where every trial trains to its end.</param>
/// <param name="Vary">The options that differ, as they were given.</param>
/// <param name="Options">The options that all trials share.</param>
/// <param name="Trials">Of each trial the options that differ, under their names in JSON.</param>
public sealed record SweepPlan(
    int FormatVersion,
    string File,
    string Sha256,
    SweepObjective Objective,
    int? Halving,
    IReadOnlyList<string> Vary,
    RunOptions Options,
    IReadOnlyList<JsonObject> Trials)
{
    /// <summary>The version that this program writes, and the only one that it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The epochs after which trials pause, ascending, all of them last.</summary>
    public IReadOnlyList<int> Rungs => SuccessiveHalving.Rungs(Options.Epochs, Halving);

    /// <summary>All options of a trial.</summary>
    /// <param name="trial">Its number, from 0.</param>
    public RunOptions OptionsOf(int trial) => With(Options, Trials[trial]);

    /// <summary>Reads the file.</summary>
    /// <exception cref="LstmTorchException">It is missing or not what a sweep writes.</exception>
    public static SweepPlan Read(string file)
    {
        try
        {
            SweepPlan plan = JsonSerializer.Deserialize<SweepPlan>(System.IO.File.ReadAllText(file), RunConfig.Json) ?? throw new JsonException("the document is null");
            return plan.FormatVersion == CurrentFormatVersion
                ? plan
                : throw new LstmTorchException(ErrorKind.Damaged, $"{file}: format_version {plan.FormatVersion} is unknown, this program reads {CurrentFormatVersion}; update the program");
        }
        catch (JsonException error)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{file}: not the plan of a sweep: {error.Message.Split(" Path: ")[0].ReplaceLineEndings(" ")}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: there is no sweep here; lstmtorch sweep init makes one", error);
        }
    }

    /// <summary>Options with some of them replaced.</summary>
    internal static RunOptions With(RunOptions options, JsonObject replaced)
    {
        JsonObject json = options.ToJson();
        foreach (var (name, value) in replaced)
            json[name] = value?.DeepClone();
        return RunOptionValues.Read(json);
    }
}
