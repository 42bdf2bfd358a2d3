using System.Text.Json.Serialization;
using LstmTorch.Forecasting.Baselines;

namespace LstmTorch.Forecasting;

/// <summary>The metrics of the model and of the baselines on the same windows, for one target.</summary>
/// <param name="Model">The trained model.</param>
/// <param name="Naive">The last known value, repeated.</param>
/// <param name="SeasonalNaive">The values of the last known season, repeated.</param>
public sealed record TargetMetrics(ForecastMetrics Model, ForecastMetrics Naive, ForecastMetrics SeasonalNaive)
{
    /// <summary>The line from the first to the last known value, extended; null in files that are older than it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastMetrics? Drift { get; init; }

    /// <summary>The mean of the last season, repeated; null in files that are older than it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastMetrics? SeasonMean { get; init; }

    /// <summary>The Theta forecast; null in files that are older than it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastMetrics? Theta { get; init; }

    /// <summary>The linear forecast; null where there were no training windows to fit it to, and in files that are older than it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastMetrics? Linear { get; init; }

    /// <summary>The metrics of a baseline; null where there are none.</summary>
    public ForecastMetrics? Of(Baseline baseline) => baseline switch
    {
        Baseline.Naive => Naive,
        Baseline.SeasonalNaive => SeasonalNaive,
        Baseline.Drift => Drift,
        Baseline.SeasonMean => SeasonMean,
        Baseline.Theta => Theta,
        _ => Linear,
    };

    /// <summary>The baselines there are, in the order of the tables, each once: without a season, two are the naive forecast again.</summary>
    /// <param name="seasonality">The steps of one season.</param>
    public IEnumerable<(Baseline Baseline, ForecastMetrics Metrics)> Baselines(int seasonality)
    {
        foreach (Baseline baseline in Enum.GetValues<Baseline>())
        {
            if (Of(baseline) is { } metrics && (seasonality > 1 || !baseline.NeedsSeason()))
                yield return (baseline, metrics);
        }
    }

    /// <summary>The baseline with the least error, and that error; null where none is known.</summary>
    /// <param name="measure">The error.</param>
    /// <param name="seasonality">The steps of one season.</param>
    public (Baseline Baseline, double Error)? Best(Func<ForecastMetrics, double?> measure, int seasonality)
    {
        ArgumentNullException.ThrowIfNull(measure);
        (Baseline Baseline, double Error)? best = null;
        foreach (var (baseline, metrics) in Baselines(seasonality))
        {
            if (measure(metrics) is { } error && !(best?.Error <= error))
                best = (baseline, error);
        }

        return best;
    }

    /// <summary>Puts metrics together.</summary>
    /// <param name="model">Those of the model.</param>
    /// <param name="baseline">Those of each baseline; of the first two, null counts as undefined.</param>
    public static TargetMetrics Of(ForecastMetrics model, Func<Baseline, ForecastMetrics?> baseline)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        return new(model, baseline(Baseline.Naive) ?? ForecastMetrics.Undefined, baseline(Baseline.SeasonalNaive) ?? ForecastMetrics.Undefined)
        {
            Drift = baseline(Baseline.Drift),
            SeasonMean = baseline(Baseline.SeasonMean),
            Theta = baseline(Baseline.Theta),
            Linear = baseline(Baseline.Linear),
        };
    }

    /// <summary>Averages the metrics of several targets; a baseline that one of them lacks is null.</summary>
    public static TargetMetrics Mean(IReadOnlyList<TargetMetrics> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return Of(ForecastMetrics.Mean([.. targets.Select(target => target.Model)]), baseline =>
            targets.All(target => target.Of(baseline) is not null) ? ForecastMetrics.Mean([.. targets.Select(target => target.Of(baseline)!)]) : null);
    }
}
