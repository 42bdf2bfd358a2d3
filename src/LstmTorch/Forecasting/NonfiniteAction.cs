namespace LstmTorch.Forecasting;

/// <summary>What training does about a batch whose loss or gradient is not finite.</summary>
public enum NonfiniteAction
{
    /// <summary>It stops; the best weights so far are kept.</summary>
    Stop,

    /// <summary>It takes no step for the batch and goes on, unless too many follow one another.</summary>
    Skip,
}
