using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>Some windows to learn from, all scaled.</summary>
/// <param name="Context">What the model sees, [B, T, D].</param>
/// <param name="Future">What came true, [B, horizon, targets].</param>
public readonly record struct TrainingBatch(Tensor Context, Tensor Future)
{
    /// <summary>The covariates that are known in advance, [B, horizon, F]; null where there are none.</summary>
    public Tensor? Known { get; init; }

    /// <summary>1 where the future was measured and 0 where it was filled, [B, horizon, targets]; null where all was measured.</summary>
    public Tensor? Measured { get; init; }

    /// <summary>What errors are multiplied by in the loss, [B, 1, targets]; null for 1.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>The same windows with the first step of their futures alone.</summary>
    internal TrainingBatch FirstStep() => this with { Future = Future.narrow(1, 0, 1), Measured = Measured?.narrow(1, 0, 1) };
}
