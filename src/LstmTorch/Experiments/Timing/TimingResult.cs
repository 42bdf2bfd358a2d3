using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments.Timing;

/// <summary>What one training came to.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="IsLearned">Whether the task was learned.</param>
/// <param name="Steps">Steps of training until then, or until it was given up.</param>
/// <param name="Weights">How many numbers the network learned.</param>
/// <param name="Seconds">How long the training took.</param>
public sealed record TimingFit(long Seed, bool IsLearned, int Steps, long Weights, double Seconds);

/// <summary>The networks with one kind of peepholes.</summary>
/// <param name="Peephole">The kind.</param>
/// <param name="Fits">One for each seed.</param>
public sealed record TimingScore(PeepholeKind Peephole, IReadOnlyList<TimingFit> Fits)
{
    /// <summary>How many have learned the task.</summary>
    public int Learned { get; } = Fits.Count(fit => fit.IsLearned);

    /// <summary>After how many steps half of those that have learned the task had done so; null if none has.</summary>
    public int? MedianSteps { get; } = Fits.Where(fit => fit.IsLearned).Select(fit => (int?)fit.Steps).Order().ElementAtOrDefault((Fits.Count(fit => fit.IsLearned) - 1) / 2);
}
