namespace LstmTorch.Forecasting;

/// <summary>How intervals fared: the share of values that they hold is worth nothing without their width.</summary>
/// <param name="Coverage">The share that they were made for.</param>
/// <param name="Observed">The share of values inside, over all windows, steps and targets.</param>
/// <param name="Width">The mean width, in units of the target; of several targets, over all of them.</param>
public sealed record IntervalMetrics(double Coverage, double Observed, double Width);
