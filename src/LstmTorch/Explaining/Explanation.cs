using System.Text.Json.Serialization;

namespace LstmTorch.Explaining;

/// <summary>Why a model forecasts what it does, over some windows.</summary>
/// <param name="Part">The part that the windows were taken from; null for one window that was named.</param>
/// <param name="Series">The series that they were taken from; null for all.</param>
/// <param name="Windows">How many windows were explained.</param>
/// <param name="From">The first origin, as the time column writes it.</param>
/// <param name="To">The last origin.</param>
/// <param name="Baseline">What forecasts are held against.</param>
/// <param name="OfTraining">Whether the mean is one of training rows; false for that of all rows of other data.</param>
/// <param name="Points">Points of the integral.</param>
/// <param name="Step">The step of the horizon that was explained; null for the mean over all.</param>
/// <param name="Targets">The explanation of each target's forecasts.</param>
/// <param name="Layers">What the gates do, layer by layer.</param>
public sealed record Explanation(
    ExplainedPart? Part,
    string? Series,
    int Windows,
    string From,
    string To,
    AttributionBaseline Baseline,
    bool OfTraining,
    int Points,
    int? Step,
    IReadOnlyList<TargetExplanation> Targets,
    IReadOnlyList<LayerActivity> Layers)
{
    /// <summary>The attribution of each value of each window, made as it is read: there are many.</summary>
    [JsonIgnore]
    public IEnumerable<AttributionRow> Rows { get; init; } = [];
}

/// <summary>Why the forecasts of one target are what they are.</summary>
/// <param name="Target">The target.</param>
/// <param name="Forecast">Mean of the forecasts that are explained, in units of the target.</param>
/// <param name="BaselineForecast">Mean of the baseline's forecasts.</param>
/// <param name="Mae">The mean absolute error of the windows; null where nothing came true, or permutation importance was not asked for.</param>
/// <param name="Completeness">Whether the attributions add up.</param>
/// <param name="Inputs">The inputs, in the model's order.</param>
public sealed record TargetExplanation(
    string Target, double Forecast, double BaselineForecast, double? Mae, Completeness Completeness, IReadOnlyList<InputImportance> Inputs);

/// <summary>What one value that the model saw adds to one forecast.</summary>
/// <param name="Series">The id of the series; empty where the data is one series.</param>
/// <param name="Origin">The last known row of the window, as the time column writes it.</param>
/// <param name="Target">The target.</param>
/// <param name="Input">The input column.</param>
/// <param name="Step">The row of the value, counted from the origin: 0 is the origin, −1 the row before, 1 the first one that is forecast.</param>
/// <param name="Attribution">In units of the target.</param>
public sealed record AttributionRow(string Series, string Origin, string Target, string Input, int Step, double Attribution);
