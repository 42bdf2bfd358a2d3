namespace LstmTorch.Experiments.Music;

/// <summary>What one training came to, with the weights of its best epoch.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Train">Score of the training part, dropout off, nats a frame.</param>
/// <param name="Validation">Score of the validation part.</param>
/// <param name="Test">Score of the test part.</param>
/// <param name="Weights">How many numbers the network learned.</param>
/// <param name="Epochs">Epochs of the training.</param>
/// <param name="BestEpoch">The epoch that was best on the validation part, from 1.</param>
/// <param name="Seconds">How long the training took.</param>
public sealed record MusicFit(long Seed, double Train, double Validation, double Test, long Weights, int Epochs, int BestEpoch, double Seconds);
