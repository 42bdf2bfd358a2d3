using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Sweeping;

namespace LstmTorch.Cli;

/// <summary>Sweeps as text for people.</summary>
internal static class SweepTables
{
    /// <summary>More rows than these say no more to a reader.</summary>
    private const int RowsShown = 20;

    /// <summary>What was planned.</summary>
    public static void WritePlan(TextWriter output, SweepPlan plan, string folder)
    {
        int last = plan.Rungs[^1];
        string pauses = plan.Rungs.Count == 1 ? string.Empty : $", pausing after {string.Join(", ", plan.Rungs.SkipLast(1))}, where the best of {plan.Halving} go on";
        output.WriteLine($"{ResultTables.Count(plan.Trials.Count, "trial")} of {ResultTables.Count(last, "epoch")}{pauses}; ranked by {plan.Objective.Title()} on the validation part");
        output.WriteLine($"written to {folder}; lstmtorch sweep run {folder} trains them");
    }

    /// <summary>A line for each trial as it ends.</summary>
    public static SweepEvents Lines(SweepDirectory folder)
    {
        var plan = SweepPlan.Read(folder.Plan);
        return new(
            TrialBegins: (trial, epochs) => Console.Error.WriteLine($"lstmtorch: trial {trial} trains, up to epoch {epochs}"),
            TrialEnded: result => Console.Error.WriteLine($"lstmtorch: {Line(plan, SweepStanding.Rank(plan, folder), result)}"));
    }

    /// <summary>The ranking, what each option does, and the best trial against the baselines.</summary>
    public static void Write(TextWriter output, SweepStanding standing)
    {
        SweepPlan plan = standing.Plan;
        string[] options = [.. plan.Trials.SelectMany(trial => trial.Select(option => option.Key)).Distinct()];
        var table = new TextTable(["trial", "state", .. options.Select(Dashed), "epochs", $"validation {plan.Objective.Title()}"], wordColumns: 2 + options.Length);
        foreach (RankedTrial trial in standing.Trials.Take(RowsShown))
        {
            table.Add([
                Number(trial.Result.Trial), Choices.Name(trial.Result.State), .. options.Select(trial.Shown), Number(trial.Result.Epochs), trial.Result.Score,
            ]);
        }

        table.Write(output);
        if (standing.Trials.Count > RowsShown)
            output.WriteLine($"and {standing.Trials.Count - RowsShown} more; --json has them all");
        output.WriteLine();
        WriteEffects(output, standing);
        output.WriteLine($"{ResultTables.Count(standing.Trials.Count, "trial")}: {string.Join(", ", Enum.GetValues<TrialState>().Select(state => (state, Count: standing.Count(state))).Where(entry => entry.Count > 0).Select(entry => $"{entry.Count} {Choices.Name(entry.state)}"))}");
        if (standing.Best is { } best)
            WriteBest(output, standing, best);
    }

    private static void WriteEffects(TextWriter output, SweepStanding standing)
    {
        IReadOnlyList<OptionEffect> effects = standing.Effects();
        if (effects.Count == 0)
            return;
        var table = new TextTable(["option", "value", "trials", "best", "median"], wordColumns: 2);
        foreach (OptionEffect effect in effects)
            table.Add(Dashed(effect.Option), effect.Value, Number(effect.Trials), effect.Best, effect.Median);
        table.Write(output);
        output.WriteLine();
    }

    private static void WriteBest(TextWriter output, SweepStanding standing, BestTrial best)
    {
        RankedTrial? plain = standing.Trials.FirstOrDefault(trial => trial.Options.Count == 0);
        string asIs = plain?.Result.Score is { } score && plain != best.Trial ? string.Create(CultureInfo.InvariantCulture, $"; the options as they are, trial {plain.Result.Trial}, come to {score:G4}{(plain.Result.State == TrialState.Paused ? $" after {ResultTables.Count(plain.Result.Epochs, "epoch")}" : string.Empty)}") : string.Empty;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"best: trial {best.Trial.Result.Trial}, with {standing.Plan.Objective.Title()} {best.Trial.Result.Score:G4} on the validation part{asIs}. On the test part, which has decided nothing:"));
        output.WriteLine();
        ResultTables.WriteMetrics(output, new Dictionary<string, PartMetrics> { ["test"] = best.Metrics.Splits["test"] }, best.Model);
        output.WriteLine($"its run is {best.Directory.Path}, from which lstmtorch predict goes on; anew it is");
        output.WriteLine($"  {best.Command}");
    }

    private static string Line(SweepPlan plan, IReadOnlyList<RankedTrial> trials, TrialResult result)
    {
        RankedTrial trial = trials.First(trial => trial.Result.Trial == result.Trial);
        string options = trial.Options.Count == 0 ? "the options as they are" : string.Join(", ", trial.Options.Select(option => $"{Dashed(option.Key)} {trial.Shown(option.Key)}"));
        return result.State == TrialState.Failed
            ? $"trial {result.Trial} failed: {result.Error}; {options}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"trial {result.Trial}, {ResultTables.Count(result.Epochs, "epoch")}: validation {plan.Objective.Title()} {result.Score:G4}{(trials[0] == trial ? ", the best so far" : string.Empty)}; {options}");
    }

    private static string Dashed(string name) => name.Replace('_', '-');

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
