namespace LstmTorch.Forecasting;

/// <summary>What a trainer tells while it goes on; each may be null.</summary>
/// <param name="Progress">Told after every batch.</param>
/// <param name="StepEnded">Called after every batch, before the progress is told: for a checkpoint.</param>
/// <param name="EpochEnded">Called after every epoch: for a checkpoint.</param>
/// <param name="Skipped">Told, in one line, of every batch without a step.</param>
public sealed record TrainerEvents(
    IProgress<TrainingProgress>? Progress = null, Action? StepEnded = null, Action? EpochEnded = null, Action<string>? Skipped = null);
