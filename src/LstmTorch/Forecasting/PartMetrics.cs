using System.Text.Json.Serialization;

namespace LstmTorch.Forecasting;

/// <summary>
/// The metrics of one part of the data (train, validation or test). With several targets, those of each forecast
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

    /// <summary>The metrics of each target by its name; null where there is only one target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, TargetMetrics>? Targets { get; init; }

    /// <summary>How each of the model's intervals fared; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IntervalMetrics>? Intervals { get; init; }

    /// <summary>How the quantiles of the model's forecasts fared; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuantileMetrics? Quantiles { get; init; }

    /// <summary>The metrics of the target, or their means over the targets.</summary>
    [JsonIgnore]
    public TargetMetrics Together => new(Model, Naive, SeasonalNaive) { Drift = Drift, SeasonMean = SeasonMean, Theta = Theta, Linear = Linear };

    /// <summary>Puts the metrics of a part together from those of its targets.</summary>
    /// <param name="windows">How many windows were forecast.</param>
    /// <param name="from">The first row of the part, as the time column writes it.</param>
    /// <param name="to">The last row of the part, as the time column writes it.</param>
    /// <param name="targets">The name and the metrics of each target, in the order of the model's outputs.</param>
    public static PartMetrics Of(
        int windows, string from, string to, IReadOnlyList<(string Name, TargetMetrics Metrics)> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var together = TargetMetrics.Mean([.. targets.Select(target => target.Metrics)]);
        return new PartMetrics(windows, from, to, together.Model, together.Naive, together.SeasonalNaive)
        {
            Drift = together.Drift,
            SeasonMean = together.SeasonMean,
            Theta = together.Theta,
            Linear = together.Linear,
            Targets = targets.Count < 2
                ? null
                : new OrderedDictionary<string, TargetMetrics>(
                    targets.Select(target => KeyValuePair.Create(target.Name, target.Metrics))),
        };
    }
}
