using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments.Timing;

/// <summary>
/// How often networks learn a task of precise timing with each kind of peepholes. They were invented for these tasks: an output gate that is closed
/// hides the cell from the other gates, which then cannot know when its time has come (Gers, Schraudolph and Schmidhuber, 2002).
/// </summary>
public static class TimingExperiment
{
    /// <summary>Trains a network for each kind of peepholes and each seed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">The network and its training; its peepholes do not count.</param>
    /// <param name="kinds">The kinds of peepholes.</param>
    /// <param name="seeds">How many seeds, from that of the options on.</param>
    /// <param name="told">Told of each network; may be null.</param>
    /// <param name="cancellation">Ends it at the next step with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LstmTorchException">A number cannot be used.</exception>
    public static IReadOnlyList<TimingScore> Run(
        TimingTask task, TimingOptions options, IReadOnlyList<PeepholeKind> kinds, int seeds, Action<string>? told = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kinds);
        task.Validate();
        options.Validate();
        return [.. kinds.Select(kind => new TimingScore(kind, [.. Enumerable.Range(0, seeds).Select(seed => Fit(kind, seed))]))];

        TimingFit Fit(PeepholeKind kind, int seed)
        {
            using var training = new TimingTraining(task, options with { Peephole = Peephole.Published(kind), Seed = options.Seed + seed });
            TimingFit fit = training.Run(cancellation);
            told?.Invoke(FormattableString.Invariant(
                $"{(kind == PeepholeKind.None ? "no" : Choices.Name(kind))} peepholes, seed {fit.Seed}: {(fit.IsLearned ? "learned" : "not learned")} in {fit.Steps} steps ({fit.Seconds:F0} s)"));
            return fit;
        }
    }
}
