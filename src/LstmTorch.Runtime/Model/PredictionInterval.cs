using System.Text.Json.Serialization;

namespace LstmTorch.Runtime.Model;

/// <summary>
/// An interval around each forecast that held so large a share of the values that came true, on rows that no weight was
/// fitted to: split conformal prediction (Lei et al., "Distribution-Free Predictive Inference for Regression", 2018).
/// </summary>
/// <remarks>
/// It reaches half a width to each side: <see cref="HalfWidths"/> in the unit that <see cref="WindowChange"/> gives for the window.
/// Of a model with quantiles it begins at the two of them that are its <see cref="Ends"/>, and reaches so far beyond them, or,
/// where the number is below 0, less far (Romano, Patterson and Candès, "Conformalized Quantile Regression", 2019).
/// </remarks>
/// <param name="Coverage">The share, above 0 and below 1.</param>
/// <param name="HalfWidths">[horizon · targets].</param>
public sealed record PredictionInterval(double Coverage, IReadOnlyList<double> HalfWidths)
{
    /// <summary>The shares of values below its two ends: as many lie below it as above.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Ends => EndsOf(Coverage);

    /// <summary>The shares of values below the two ends of an interval.</summary>
    /// <param name="coverage">The share inside.</param>
    public static IReadOnlyList<double> EndsOf(double coverage) => [Math.Round((1 - coverage) / 2, 12), Math.Round((1 + coverage) / 2, 12)];
}
