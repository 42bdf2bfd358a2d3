using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>Says in words whether a model is worth its training: whether its RMSE is below that of what needs none.</summary>
/// <param name="Sentence">The verdict, a full sentence or two.</param>
/// <param name="Wins">True if the model has a smaller RMSE than each naive forecast there is.</param>
public sealed record Verdict(string Sentence, bool Wins)
{
    /// <summary>Judges a run by its test part: one verdict a target.</summary>
    /// <param name="metrics">The metrics of the run; without a test part the only verdict says so.</param>
    public static IReadOnlyList<Verdict> Of(RunMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (!metrics.Splits.TryGetValue("test", out PartMetrics? test) || test.Windows == 0)
            return [new Verdict("There is no test part, so nothing is known of how good the forecasts are.", false)];

        return test.Targets is { } targets
            ? [.. targets.Select(target => Of($"{target.Key} on the test part:", target.Value, metrics.Seasonality))]
            : [Of($"{string.Join(", ", metrics.Target)} on the test part:", test.Forecasts, metrics.Seasonality)];
    }

    /// <summary>Judges the forecasts of some windows.</summary>
    /// <param name="where">What the sentence begins with, such as a target or a part.</param>
    /// <param name="forecasts">The metrics of the model and of the naive forecasts.</param>
    /// <param name="seasonality">The steps of one season; of 1, the two naive forecasts are one.</param>
    public static Verdict Of(string where, TargetMetrics forecasts, int seasonality)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        if (forecasts.Model.Rmse is not { } model)
            return new Verdict($"{where} the forecasts have no errors that could be compared: not all values are numbers.", false);

        var (name, best) = Best(forecasts, seasonality, metrics => metrics.Rmse);
        if (best is not { } rmse)
            return new Verdict($"{where} the model cannot be compared with a naive forecast.", false);

        bool wins = model < rmse;
        string outcome = wins ? $"the model beats the best naive forecast ({name})"
            : model == rmse ? $"the model is exactly as good as the {name} forecast"
            : $"the model does NOT beat the {name} forecast";
        return new Verdict($"{where} {outcome}: its RMSE is {Difference(model, rmse)}.{ByMeanAbsoluteError(forecasts, seasonality, wins)}", wins);
    }

    /// <summary>Where the two errors disagree, neither is the whole truth.</summary>
    private static string ByMeanAbsoluteError(TargetMetrics forecasts, int seasonality, bool winsByRmse)
    {
        var (name, best) = Best(forecasts, seasonality, metrics => metrics.Mae);
        return forecasts.Model.Mae is not { } model || best is not { } mae || model < mae == winsByRmse
            ? string.Empty
            : $" By mean absolute error it is the other way round: {Difference(model, mae)} than that of the {name} forecast.";
    }

    private static (string Name, double? Error) Best(TargetMetrics forecasts, int seasonality, Func<ForecastMetrics, double?> error) =>
        seasonality > 1 && error(forecasts.SeasonalNaive) is { } seasonal && !(seasonal >= error(forecasts.Naive))
            ? ("seasonal naive", seasonal)
            : ("naive", error(forecasts.Naive));

    private static string Difference(double model, double naive)
    {
        const double many = 10;
        if (model == naive)
            return "the same";
        string direction = model < naive ? "lower" : "higher";
        if (model > many * naive)
            return naive == 0 ? "higher than its 0" : string.Create(CultureInfo.InvariantCulture, $"{model / naive:G3} times as high");
        double percent = 100 * Math.Abs(1 - (model / naive));
        return percent < 0.1 ? $"under 0.1 % {direction}" : string.Create(CultureInfo.InvariantCulture, $"{percent:F1} % {direction}");
    }
}
