using LstmTorch.Runtime.Model;
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

    /// <summary>The pinball loss of each of some quantiles: forecasts those quantiles.</summary>
    Quantile,

    /// <summary>The negative log-likelihood of a normal distribution: forecasts its mean and standard deviation.</summary>
    Gaussian,

    /// <summary>The negative log-likelihood of Student's t distribution, which outliers move less: forecasts its location, scale and tails.</summary>
    StudentT,
}

/// <summary>The losses as tensor operations.</summary>
internal static class ForecastLosses
{
    /// <summary>What a network must say about each value to be trained by a loss.</summary>
    public static OutputDistribution Distribution(ForecastLoss loss) => loss switch
    {
        ForecastLoss.Quantile => OutputDistribution.Quantiles,
        ForecastLoss.Gaussian => OutputDistribution.Gaussian,
        ForecastLoss.StudentT => OutputDistribution.StudentT,
        _ => OutputDistribution.Point,
    };

    /// <summary>The loss of a network's outputs for a batch, over what was measured.</summary>
    /// <param name="loss">Which one, for networks that forecast one number; others have that of their distribution.</param>
    /// <param name="model">The network.</param>
    /// <param name="output">What it gave for the batch.</param>
    /// <param name="batch">What came true.</param>
    /// <param name="reduction">Their mean or their sum.</param>
    public static Tensor Of(ForecastLoss loss, LstmForecaster model, Tensor output, TrainingBatch batch, nn.Reduction reduction) =>
        model.Distribution is { } distribution
            ? Reduce(distribution.Loss(output, batch.Future, batch.Weights), batch.Measured, reduction)
            : Of(loss, output, batch, reduction);

    /// <summary>The loss of a batch, over what was measured.</summary>
    /// <param name="loss">Which one.</param>
    /// <param name="forecast">[B, horizon, targets], scaled.</param>
    /// <param name="batch">What came true.</param>
    /// <param name="reduction">Their mean or their sum.</param>
    public static Tensor Of(ForecastLoss loss, Tensor forecast, TrainingBatch batch, nn.Reduction reduction)
    {
        return batch.Measured is null
            ? Of(loss, forecast, batch.Future, batch.Weights, reduction)
            : Reduce(Of(loss, forecast, batch.Future, batch.Weights, nn.Reduction.None), batch.Measured, reduction);
    }

    private static Tensor Reduce(Tensor each, Tensor? measured, nn.Reduction reduction)
    {
        if (measured is null)
            return reduction == nn.Reduction.Sum ? each.sum() : each.mean();
        Tensor sum = (each * measured).sum();
        return reduction == nn.Reduction.Sum ? sum : sum / measured.sum();
    }

    private static Tensor Of(ForecastLoss loss, Tensor forecast, Tensor future, Tensor? weights, nn.Reduction reduction)
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
