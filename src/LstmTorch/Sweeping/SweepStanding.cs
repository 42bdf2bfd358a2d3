using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Sweeping;

/// <summary>A trial in its place.</summary>
/// <param name="Result">What it has come to.</param>
/// <param name="Options">The options in which it differs, under their names in JSON.</param>
public sealed record RankedTrial(TrialResult Result, JsonObject Options)
{
    /// <summary>The value of one of these options as the command line has it; "as is" where the trial does not differ.</summary>
    public string Shown(string name) => Options.ContainsKey(name) ? Text(Options[name]) : "as is";

    internal static string Text(JsonNode? value) => value switch { null => "none", JsonArray list => string.Join(',', list), _ => value.ToString() };
}

/// <summary>The trials that have one value of an option, or a third of its range.</summary>
/// <param name="Option">The option's name in JSON.</param>
/// <param name="Value">The value, or LOW..HIGH.</param>
/// <param name="Trials">How many of them have a score.</param>
/// <param name="Best">The least objective among them.</param>
/// <param name="Median">The median of the objectives.</param>
public sealed record OptionEffect(string Option, string Value, int Trials, double Best, double Median);

/// <summary>The best trial of a sweep.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Directory">Its run directory.</param>
/// <param name="Model">What its model is.</param>
/// <param name="Metrics">Its metrics; those of the test part have decided nothing.</param>
/// <param name="Command">What trains it anew.</param>
public sealed record BestTrial(RankedTrial Trial, RunDirectory Directory, ForecasterConfig Model, RunMetrics Metrics, string Command);

/// <summary>How the trials of a sweep stand: those that are trained to their end, then those that paused, each from the best, then the others.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Trials">All trials, ranked.</param>
/// <param name="Best">The first of them, if it has a score.</param>
public sealed record SweepStanding(SweepPlan Plan, IReadOnlyList<RankedTrial> Trials, BestTrial? Best)
{
    /// <summary>Of fewer values of a range, thirds say nothing.</summary>
    private const int FewestForThirds = 6;

    /// <summary>Reads how things stand; others may be training.</summary>
    /// <exception cref="Runtime.LstmTorchException">There is no sweep, or a file of it is damaged.</exception>
    public static SweepStanding Of(SweepDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        SweepPlan plan = SweepPlan.Read(directory.Plan);
        IReadOnlyList<RankedTrial> ranked = Rank(plan, directory);
        return new SweepStanding(plan, ranked, ranked is [{ Result: { Score: not null, State: TrialState.Finished or TrialState.Paused } } best, ..] ? Describe(plan, directory, best) : null);
    }

    /// <summary>All trials of a plan, ranked; of the best no more is read than of the others.</summary>
    /// <exception cref="Runtime.LstmTorchException">A result is damaged.</exception>
    public static IReadOnlyList<RankedTrial> Rank(SweepPlan plan, SweepDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(directory);
        IReadOnlyDictionary<int, TrialResult> results = directory.ReadResults(plan.Trials.Count);
        return
        [
            .. plan.Trials.Select((options, trial) => new RankedTrial(results.GetValueOrDefault(trial) ?? new TrialResult(trial, TrialState.Waiting, 0, new Dictionary<int, double>(), 0), options))
                .OrderBy(trial => Place(trial.Result.State)).ThenBy(trial => trial.Result.Score ?? double.PositiveInfinity).ThenBy(trial => trial.Result.Trial),
        ];
    }

    /// <summary>How many trials stand in a state.</summary>
    public int Count(TrialState state) => Trials.Count(trial => trial.Result.State == state);

    /// <summary>What each option does, all others as they were drawn: by what trials came to at their first pause, or at the end of trainings without pauses.</summary>
    public IReadOnlyList<OptionEffect> Effects()
    {
        int epoch = Plan.Halving is null ? int.MaxValue : Plan.Rungs[0];
        (JsonObject Options, double Score)[] scored = [.. Trials.Where(trial => trial.Result.Scores.Count > 0 && trial.Options.Count > 0).Select(trial => (trial.Options, trial.Result.ScoreAt(epoch)))];
        var effects = new List<OptionEffect>();
        foreach (SweptOption option in Plan.Vary.Select(SweptOption.Parse))
        {
            if (option is SweptRange)
            {
                (double Value, double Score)[] sorted = [.. scored.Select(trial => (Number(trial.Options[option.Name]!), trial.Score)).OrderBy(trial => trial.Item1)];
                if (sorted.Length >= FewestForThirds)
                    effects.AddRange(Enumerable.Range(0, 3).Select(third => sorted[(third * sorted.Length / 3)..((third + 1) * sorted.Length / 3)]).Select(third => Effect(option.Name, string.Create(CultureInfo.InvariantCulture, $"{third[0].Value}..{third[^1].Value}"), [.. third.Select(trial => trial.Score)])));
                continue;
            }

            effects.AddRange(option.Values!.Select(RankedTrial.Text).Select(value => (Value: value, Scores: scored.Where(trial => RankedTrial.Text(trial.Options[option.Name]) == value).Select(trial => trial.Score).ToArray()))
                .Where(value => value.Scores.Length > 0).Select(value => Effect(option.Name, value.Value, value.Scores)));
        }

        return effects;
    }

    /// <summary>All of it as one JSON document.</summary>
    public string Serialize()
    {
        var document = new JsonObject
        {
            ["format_version"] = SweepPlan.CurrentFormatVersion,
            ["file"] = Plan.File,
            ["sha256"] = Plan.Sha256,
            ["objective"] = Choices.Name(Plan.Objective),
            ["halving"] = Plan.Halving,
            ["best"] = Best is null ? null : new JsonObject
            {
                ["trial"] = Best.Trial.Result.Trial,
                ["score"] = Best.Trial.Result.Score,
                ["options"] = Best.Trial.Options.DeepClone(),
                ["run"] = Best.Directory.Path,
                ["command"] = Best.Command,
                ["metrics"] = JsonNode.Parse(MetricsJson.Serialize(Best.Metrics)),
            },
            ["trials"] = new JsonArray([.. Trials.Select(trial => new JsonObject
            {
                ["trial"] = trial.Result.Trial,
                ["state"] = Choices.Name(trial.Result.State),
                ["epochs"] = trial.Result.Epochs,
                ["score"] = trial.Result.Score,
                ["seconds"] = trial.Result.Seconds,
                ["options"] = trial.Options.DeepClone(),
                ["error"] = trial.Result.Error,
            })]),
            ["effects"] = JsonSerializer.SerializeToNode(Effects(), RunConfig.Json),
        };
        return document.ToJsonString(RunConfig.Json) + "\n";
    }

    private static BestTrial Describe(SweepPlan plan, SweepDirectory directory, RankedTrial trial)
    {
        RunDirectory run = directory.Run(trial.Result.Trial);
        return new BestTrial(
            trial,
            run,
            ModelFile.Read(run.Model).Config,
            MetricsJson.Deserialize(File.ReadAllText(run.Metrics), run.Metrics),
            plan.OptionsOf(trial.Result.Trial).ToCommand());
    }

    private static int Place(TrialState state) => state switch { TrialState.Finished => 0, TrialState.Paused => 1, TrialState.Waiting => 2, _ => 3 };

    private static double Number(JsonNode value) => double.Parse(value.ToString(), CultureInfo.InvariantCulture);

    private static OptionEffect Effect(string option, string value, double[] scores)
    {
        Array.Sort(scores);
        int middle = scores.Length / 2;
        return new OptionEffect(option, value, scores.Length, scores[0], scores.Length % 2 == 1 ? scores[middle] : (scores[middle - 1] + scores[middle]) / 2);
    }
}
