using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>The counters of a training run between two steps. With the tensors, all that is needed to go on to the bit.</summary>
/// <remarks>No generator state: the order of the windows and the dropout are functions of the seed and these counters.</remarks>
public sealed record TrainingCounters
{
    /// <summary>Batches gone through, those without a step included.</summary>
    public long Step { get; init; }

    /// <summary>Batches without a step, because their loss or gradient was not finite.</summary>
    public long Skipped { get; init; }

    /// <summary>How many of the last batches, one after the other, had no step.</summary>
    public int SkippedInARow { get; init; }

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches finished in the epoch under way.</summary>
    public int Batch { get; init; }

    /// <summary>Of them, those without a step.</summary>
    public int SkippedBatches { get; init; }

    /// <summary>The windows of these.</summary>
    public int SkippedWindows { get; init; }

    /// <summary>The sum of the losses of the windows seen in the epoch under way, scaled units.</summary>
    public double LossSum { get; init; }

    /// <summary>The sum of the gradient norms of the batches of the epoch under way.</summary>
    public double GradientNormSum { get; init; }

    /// <summary>Seconds spent in the epoch under way.</summary>
    public double Seconds { get; init; }

    /// <summary>The epoch with the best weights, from 1; 0 before the first epoch has ended.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Each finished epoch.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>False for counters that no training has: of a file that was made up.</summary>
    [JsonIgnore]
    internal bool AreConsistent =>
        History is not null && History.Count == Epoch && History.All(epoch => epoch is not null)
        && BestEpoch >= 0 && BestEpoch <= Epoch
        && Skipped >= 0 && Skipped <= Step
        && SkippedInARow >= 0 && SkippedInARow <= Skipped
        && SkippedBatches >= 0 && SkippedBatches <= Batch && SkippedWindows >= SkippedBatches;
}

/// <summary>Everything that training changes: weights, optimizer and counters.</summary>
public sealed class TrainingState : IDisposable
{
    /// <summary>Takes over the weights of a network, with fresh moments and counters.</summary>
    /// <param name="model">The network.</param>
    /// <param name="averages">Whether a moving average of the weights is kept.</param>
    /// <param name="peepholeSteps">How far steps go along full peepholes.</param>
    public TrainingState(LstmForecaster model, bool averages = false, PeepholeSteps peepholeSteps = PeepholeSteps.Whole)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;

        // Every gradient goes into one flat tensor, and nobody else asks for it.
        model.Lstm.AccumulatesGradients = true;
        Parameters = new FlatParameters(model, peepholeSteps);
        Optimizer = new Adam(Parameters);
        using var noGradient = no_grad();
        BestValues = Parameters.Values.clone().DetachFromDisposeScope();
        MeanValues = averages ? Parameters.Values.clone().DetachFromDisposeScope() : null;
    }

    /// <summary>The network.</summary>
    public LstmForecaster Model { get; }

    /// <summary>Its weights and gradients.</summary>
    public FlatParameters Parameters { get; }

    /// <summary>The optimizer and its moments.</summary>
    public Adam Optimizer { get; }

    /// <summary>The weights with the lowest validation loss so far, [N].</summary>
    public Tensor BestValues { get; }

    /// <summary>The moving average of the weights, [N], or null where none is kept.</summary>
    public Tensor? MeanValues { get; }

    /// <summary>The counters.</summary>
    public TrainingCounters Counters { get; set; } = new();

    /// <summary>Takes the weights of the network, after a step, into their average.</summary>
    /// <param name="decay">What the average keeps of itself; less in the first steps, in which it would keep the initial weights.</param>
    public void Average(double decay)
    {
        if (MeanValues is null)
            return;
        using var noGradient = no_grad();

        // Held while native code reads it; see HeldScalars.
        double kept = Math.Min(decay, (1.0 + Optimizer.Steps) / (10 + Optimizer.Steps));
        using Scalar keep = kept, take = 1 - kept;
        MeanValues.mul_(keep).add_(Parameters.Values, take);
    }

    /// <summary>Puts the best weights into the network.</summary>
    public void RestoreBest()
    {
        using var noGradient = no_grad();
        Parameters.Values.copy_(BestValues);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        Optimizer.Dispose();
        BestValues.Dispose();
        MeanValues?.Dispose();
    }
}
