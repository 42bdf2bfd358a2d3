namespace LstmTorch.Forecasting;

/// <summary>Where training stands after a batch.</summary>
/// <param name="Epoch">The epoch under way, from 1.</param>
/// <param name="Epochs">How many there are in all.</param>
/// <param name="Batch">Batches finished in this epoch.</param>
/// <param name="Batches">How many an epoch has.</param>
/// <param name="TrainLoss">The mean loss of this epoch's windows so far, scaled units.</param>
/// <param name="WindowsPerSecond">The speed of this epoch.</param>
/// <param name="Finished">The epoch's result, with its last batch only.</param>
/// <param name="IsBest">With <paramref name="Finished"/>: whether its weights are the best so far.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double TrainLoss, double WindowsPerSecond, EpochResult? Finished, bool IsBest);
