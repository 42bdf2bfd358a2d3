using System.Text.Json.Serialization;

namespace LstmTorch.Forecasting;

/// <summary>The metrics of the model and of the two naive forecasts on the same windows, for one target.</summary>
/// <param name="Model">The trained model.</param>
/// <param name="Naive">The last known value, repeated.</param>
/// <param name="SeasonalNaive">The values of the last known season, repeated.</param>
public sealed record TargetMetrics(ForecastMetrics Model, ForecastMetrics Naive, ForecastMetrics SeasonalNaive);

/// <summary>
/// The metrics of one part of the data (train, validation or test). With several targets, those of the three forecasts
/// are means over the targets, see <see cref="ForecastMetrics.Mean"/>.
/// </summary>
/// <param name="Windows">How many windows were forecast.</param>
/// <param name="From">The first row of the part, as the time column writes it.</param>
/// <param name="To">The last row of the part, as the time column writes it.</param>
/// <param name="Model">The trained model.</param>
/// <param name="Naive">The last known value, repeated.</param>
/// <param name="SeasonalNaive">The values of the last known season, repeated.</param>
public sealed record PartMetrics(
    int Windows, string From, string To, ForecastMetrics Model, ForecastMetrics Naive, ForecastMetrics SeasonalNaive)
{
    /// <summary>The metrics of each target by its name; null where there is only one target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, TargetMetrics>? Targets { get; init; }

    /// <summary>How each of the model's intervals fared; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IntervalMetrics>? Intervals { get; init; }

    /// <summary>Puts the metrics of a part together from those of its targets.</summary>
    /// <param name="windows">How many windows were forecast.</param>
    /// <param name="from">The first row of the part, as the time column writes it.</param>
    /// <param name="to">The last row of the part, as the time column writes it.</param>
    /// <param name="targets">The name and the metrics of each target, in the order of the model's outputs.</param>
    public static PartMetrics Of(
        int windows, string from, string to, IReadOnlyList<(string Name, TargetMetrics Metrics)> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return new PartMetrics(
            windows,
            from,
            to,
            ForecastMetrics.Mean([.. targets.Select(target => target.Metrics.Model)]),
            ForecastMetrics.Mean([.. targets.Select(target => target.Metrics.Naive)]),
            ForecastMetrics.Mean([.. targets.Select(target => target.Metrics.SeasonalNaive)]))
        {
            Targets = targets.Count < 2
                ? null
                : new OrderedDictionary<string, TargetMetrics>(
                    targets.Select(target => KeyValuePair.Create(target.Name, target.Metrics))),
        };
    }
}
