using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>What training makes small, of scaled errors e = forecast − actual.</summary>
public enum ForecastLoss
{
    /// <summary>e²: forecasts the mean.</summary>
    Mse,

    /// <summary>|e|: forecasts the median, and is moved less by outliers.</summary>
    Mae,

    /// <summary>e² / 2 up to |e| = 1, |e| − 1/2 beyond (Huber, 1964).</summary>
    Huber,
}

/// <summary>The losses as tensor operations.</summary>
internal static class ForecastLosses
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="loss">Which one.</param>
    /// <param name="forecast">[B, horizon, targets], scaled.</param>
    /// <param name="future">[B, horizon, targets], scaled.</param>
    /// <param name="weights">What errors are multiplied by first, [B, 1, targets]; null for 1.</param>
    /// <param name="reduction">Their mean or their sum.</param>
    public static Tensor Of(ForecastLoss loss, Tensor forecast, Tensor future, Tensor? weights, nn.Reduction reduction)
    {
        if (weights is not null)
            (forecast, future) = (forecast * weights, future * weights);
        return loss switch
        {
            ForecastLoss.Mae => nn.functional.l1_loss(forecast, future, reduction),
            ForecastLoss.Huber => nn.functional.huber_loss(forecast, future, reduction: reduction),
            _ => nn.functional.mse_loss(forecast, future, reduction),
        };
    }
}
