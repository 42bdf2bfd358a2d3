namespace LstmTorch.Forecasting;

/// <summary>What one epoch of training came to.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="TrainLoss">The mean loss of the training windows, of scaled values (dimensionless), dropout on.</param>
/// <param name="ValidationLoss">The mean loss of the validation windows, dropout off; NaN if there are none.</param>
/// <param name="LearningRate">The learning rate that the epoch ended with.</param>
/// <param name="GradientNorm">The mean 2-norm of all gradients together, before clipping.</param>
/// <param name="Seconds">How long the epoch took, validation included, in seconds.</param>
public sealed record EpochResult(
    int Epoch, double TrainLoss, double ValidationLoss, double LearningRate, double GradientNorm, double Seconds);
