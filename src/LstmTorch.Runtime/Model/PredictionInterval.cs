namespace LstmTorch.Runtime.Model;

/// <summary>
/// An interval around each forecast that held so large a share of the values that came true, on rows that no weight was
/// fitted to: split conformal prediction (Lei et al., "Distribution-Free Predictive Inference for Regression", 2018).
/// </summary>
/// <remarks>
/// It reaches half a width to each side: <see cref="HalfWidths"/> in the unit that <see cref="WindowChange"/> gives for the window.
/// </remarks>
/// <param name="Coverage">The share, above 0 and below 1.</param>
/// <param name="HalfWidths">[horizon · targets].</param>
public sealed record PredictionInterval(double Coverage, IReadOnlyList<double> HalfWidths);
