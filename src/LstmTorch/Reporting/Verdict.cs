using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>Says in words whether a model is worth its training: whether it beats what needs none.</summary>
/// <param name="Sentence">The verdict, a full sentence or two.</param>
/// <param name="Wins">True if the model has a smaller mean absolute error than each naive forecast there is.</param>
public sealed record Verdict(string Sentence, bool Wins)
{
    private enum Outcome
    {
        Beats,
        Ties,
        Loses,
        Unknown,
    }

    /// <summary>Judges a run by the mean absolute error on its test part: one verdict a target.</summary>
    /// <param name="metrics">The metrics of the run; without a test part the only verdict says so.</param>
    public static IReadOnlyList<Verdict> Of(RunMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (!metrics.Splits.TryGetValue("test", out PartMetrics? test) || test.Windows == 0)
            return [new Verdict("There is no test part, so nothing is known of how good the forecasts are.", false)];

        if (test.Targets is { } targets)
            return [.. targets.Select(target => Of(target.Value, target.Key, metrics.Seasonality))];

        var only = new TargetMetrics(test.Model, test.Naive, test.SeasonalNaive);
        return [Of(only, string.Join(", ", metrics.Target), metrics.Seasonality)];
    }

    private static Verdict Of(TargetMetrics target, string name, int seasonality)
    {
        if (target.Model.Mae is not { } model)
        {
            return new Verdict(
                $"The forecasts of {name} on the test part have no mean absolute error: not all values are numbers.",
                false);
        }

        double? naive = target.Naive.Mae, seasonalNaive = target.SeasonalNaive.Mae;
        Outcome overNaive = Judge(model, naive), overSeasonal = Judge(model, seasonalNaive);

        // Of a season of one step, the two naive forecasts are one.
        bool hasSeason = seasonality > 1;
        string comparison = !hasSeason ? $"{Verb(overNaive)} the naive forecast"
            : overNaive == overSeasonal ? $"{Verb(overNaive)} the naive and the seasonal naive forecast"
            : $"{Verb(overNaive)} the naive forecast, but {Verb(overSeasonal)} the seasonal naive forecast";
        string errors = hasSeason
            ? $"{Number(model)} against {Error(model, naive)} and {Error(model, seasonalNaive)}"
            : $"{Number(model)} against {Error(model, naive)}";

        Outcome[] outcomes = hasSeason ? [overNaive, overSeasonal] : [overNaive];
        bool matched = outcomes.Any(outcome => outcome is Outcome.Loses or Outcome.Ties);
        string advice = matched ? " A forecast that needs no model does as well or better." : "";
        return new Verdict(
            $"{name} on the test part: the model {comparison}. Its mean absolute error is {errors}, in original units." +
            advice,
            Wins: !matched && outcomes.Contains(Outcome.Beats));
    }

    private static Outcome Judge(double model, double? baseline) => baseline switch
    {
        null => Outcome.Unknown,
        { } error when model < error => Outcome.Beats,
        { } error when model > error => Outcome.Loses,
        _ => Outcome.Ties,
    };

    private static string Verb(Outcome outcome) => outcome switch
    {
        Outcome.Beats => "beats",
        Outcome.Ties => "is exactly as good as",
        Outcome.Loses => "loses to",
        _ => "cannot be compared with",
    };

    private static string Error(double model, double? baseline)
    {
        if (baseline is not { } error)
            return "an unknown one";

        if (error == 0 || model == error)
            return Number(error);

        double percent = 100 * Math.Abs(1 - (model / error));
        string format = percent < 10 ? "0.0" : "0";
        string by = percent < 0.1 ? "under 0.1" : percent.ToString(format, CultureInfo.InvariantCulture);
        return $"{Number(error)} ({by} % {(model < error ? "less" : "more")})";
    }

    private static string Number(double value) => MetricsTable.Format(value);
}
