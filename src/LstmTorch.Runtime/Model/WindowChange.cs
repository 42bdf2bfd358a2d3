namespace LstmTorch.Runtime.Model;

/// <summary>
/// How much a target changes from row to row in a window: the unit of <see cref="PredictionInterval.HalfWidths"/> for models that
/// normalize their windows, which follow series that grow. For others it is the target's own unit.
/// </summary>
public static class WindowChange
{
    /// <summary>The mean of |x_t − x_{t−1}|, in original units, but not below the model's smallest for this target.</summary>
    /// <param name="config">The model's description.</param>
    /// <param name="target">Which of its targets.</param>
    /// <param name="past">The target in the window, oldest first, in original units; not read where it is not measured.</param>
    /// <returns>1 where the model does not normalize its windows, or a window is a single row.</returns>
    public static double Of(ForecasterConfig config, int target, ReadOnlySpan<double> past)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!IsMeasured(config))
            return 1;
        double sum = 0;
        for (int t = 1; t < past.Length; t++)
            sum += Math.Abs(past[t] - past[t - 1]);
        return Math.Max(sum / (past.Length - 1), config.SmallestChanges[target]);
    }

    /// <summary>Whether the change is measured, and not 1.</summary>
    public static bool IsMeasured(ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.ContextLength > 1 && config.Normalize != WindowNormalization.None;
    }
}
