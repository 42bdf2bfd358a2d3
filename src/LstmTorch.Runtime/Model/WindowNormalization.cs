namespace LstmTorch.Runtime.Model;

/// <summary>What is taken from each window before the network sees it, and given back to its forecast.</summary>
/// <remarks>
/// A network that sees levels can only forecast levels that it has seen in training. One that sees where a window goes from its
/// own level follows a series wherever that drifts. Each input column has its own level and spread; a forecast gets those of
/// its target.
/// </remarks>
public enum WindowNormalization
{
    /// <summary>Nothing: the network sees values scaled by the training rows.</summary>
    None,

    /// <summary>The last value (Zeng et al., "Are Transformers Effective for Time Series Forecasting?", 2023, NLinear).</summary>
    Last,

    /// <summary>The mean of the window.</summary>
    Mean,

    /// <summary>
    /// The mean, and what is left is divided by √(variance + 1e-5) (Kim et al., "Reversible Instance Normalization", 2022,
    /// without its learned scale).
    /// </summary>
    Revin,

    /// <summary>
    /// The row before: the network sees x_t − x_{t−1}, 0 for the first row, and what it says are differences too, which are added up
    /// from the last value on (Box and Jenkins, "Time Series Analysis", 1970, of order 1).
    /// </summary>
    Difference,
}
