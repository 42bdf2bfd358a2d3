using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>Says in words whether a model is worth its training: whether it beats what needs none. Terminal and report show the same words.</summary>
/// <param name="Sentence">The verdict, a full sentence or more.</param>
/// <param name="Wins">True if the model has a smaller error than each baseline there is, mean absolute and root mean squared.</param>
public sealed record Verdict(string Sentence, bool Wins)
{
    /// <summary>The most targets that are judged one by one; of more, one verdict counts them.</summary>
    private const int MostSentences = 6;

    /// <summary>True if a baseline has as small an error or a smaller one, by either measure.</summary>
    public bool Loses { get; init; }

    /// <summary>Judges a run by its test part.</summary>
    /// <param name="metrics">The metrics of the run; without a test part the only verdict says so.</param>
    public static IReadOnlyList<Verdict> Of(RunMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Of(metrics.Splits, metrics.Target, metrics.Seasonality);
    }

    /// <summary>Judges a model by its test part, or by all of other data: one verdict a target, and one for all where there are many.</summary>
    /// <param name="parts">The metrics of the parts of the model's own data, or of one part that is other data.</param>
    /// <param name="targets">The target columns.</param>
    /// <param name="seasonality">The steps of one season.</param>
    public static IReadOnlyList<Verdict> Of(IReadOnlyDictionary<string, PartMetrics> parts, IReadOnlyList<string> targets, int seasonality)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(targets);
        bool isOwnData = parts.ContainsKey("train") || parts.ContainsKey("test") || parts.Count == 0;
        PartMetrics? part = isOwnData ? parts.GetValueOrDefault("test") : parts.Values.First();
        if (part is null || part.Windows == 0)
            return [new Verdict("There is no test part, so nothing is known of how good the forecasts are.", false)];

        string where = isOwnData ? "the test part" : "this data";
        if (part.Targets is not { } each)
            return [Of(part.Together, string.Join(", ", targets), where, seasonality)];

        Verdict[] verdicts = [.. each.Select(target => Of(target.Value, target.Key, where, seasonality))];
        return verdicts.Length <= MostSentences ? verdicts : [Counted(verdicts, where)];
    }

    /// <summary>What is worth a try where the model loses; null where it wins, or where nothing comes to mind.</summary>
    /// <param name="verdicts">The verdicts.</param>
    /// <param name="normalize">What the model takes from each window.</param>
    public static string? Advice(IReadOnlyList<Verdict> verdicts, WindowNormalization normalize) =>
        normalize == WindowNormalization.None && verdicts.Any(verdict => verdict.Loses)
            ? "Training with --normalize last often helps a series whose level moves."
            : null;

    private static Verdict Of(TargetMetrics target, string name, string where, int seasonality)
    {
        if (target.Model.Mae is null)
            return new Verdict($"The forecasts of {name} on {where} have no mean absolute error: not all values are numbers.", false);

        var absolute = Comparison.Of(target, metrics => metrics.Mae, seasonality);
        var squared = target.Model.Rmse is null ? absolute : Comparison.Of(target, metrics => metrics.Rmse, seasonality);
        string sentence = $"{name} on {where}: the model {absolute.Words}. Its mean absolute error is {absolute.Errors}, in original units.{(absolute.Rank.Length > 0 ? $" {absolute.Rank}" : string.Empty)}";
        if (squared.Words != absolute.Words)
            sentence += $" By its root mean squared error, {squared.Errors}, it {squared.Words}.";
        if (absolute.Loses != squared.Loses)
            sentence += " The two measures disagree: the second one counts large errors more.";
        return new Verdict(sentence, absolute.Beats && squared.Beats) { Loses = absolute.Loses || squared.Loses };
    }

    private static Verdict Counted(Verdict[] verdicts, string where)
    {
        int wins = verdicts.Count(verdict => verdict.Wins), loses = verdicts.Count(verdict => verdict.Loses);
        return new Verdict(
            string.Create(
                CultureInfo.InvariantCulture,
                $"On {where} the model beats every baseline for {wins} of {verdicts.Length} targets, by mean absolute and by root mean squared error; for {(loses == 0 ? "none" : loses)} a baseline does as well or better."),
            wins == verdicts.Length)
        {
            Loses = loses > 0,
        };
    }

    /// <summary>A model held against the best baseline by one measure.</summary>
    /// <param name="Words">How it fares: "beats every baseline".</param>
    /// <param name="Errors">The errors: "2 against 4 of the best of them, naive (50 % less)".</param>
    /// <param name="Beats">True if it beats the best.</param>
    /// <param name="Loses">True if it does not.</param>
    private sealed record Comparison(string Words, string Errors, bool Beats, bool Loses)
    {
        public static Comparison Of(TargetMetrics target, Func<ForecastMetrics, double?> measure, int seasonality)
        {
            double model = measure(target.Model)!.Value;
            if (target.Best(measure, seasonality) is not { } best)
                return new Comparison("cannot be compared with any baseline", Number(model), false, false);

            string name = best.Baseline.Title(seasonality), difference = best.Error == 0 || model == best.Error ? string.Empty : $" ({Difference(model, best.Error)})";
            if (model < best.Error)
                return new Comparison("beats every baseline", $"{Number(model)} against {Number(best.Error)} of the best of them, {name}{difference}", true, false);

            int beaten = target.Baselines(seasonality).Count(baseline => measure(baseline.Metrics) > model), all = target.Baselines(seasonality).Count();
            return new Comparison(
                $"{(model == best.Error ? "is only as good as" : "does not beat")} the best baseline, {name}",
                $"{Number(model)} against {Number(best.Error)}{difference}",
                false,
                true)
            {
                Rank = $"It beats {(beaten == 0 ? "none" : beaten)} of the {all} baselines.",
            };
        }

        /// <summary>How many it beats, in a sentence; empty where it beats all.</summary>
        public string Rank { get; private init; } = string.Empty;

        private static string Difference(double model, double error)
        {
            const double mostPercent = 1000;
            double percent = 100 * Math.Abs(1 - (model / error));
            if (percent >= mostPercent)
                return double.IsFinite(model / error) ? $"{Number(model / error)} times that" : "far more";

            string by = percent < 0.1 ? "under 0.1" : percent.ToString(percent < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
            return $"{by} % {(model < error ? "less" : "more")}";
        }

        private static string Number(double value) => MetricsTable.Format(value);
    }
}
