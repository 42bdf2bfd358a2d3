using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments.Music;

/// <summary>What the experiment came to; all scores are nats a frame, as <see cref="NextFrame"/> defines them.</summary>
/// <param name="TestFrames">How many frames of the test part are predicted.</param>
/// <param name="Networks">Of each kind of peepholes.</param>
/// <param name="Baselines">What needs no network.</param>
/// <param name="Published">Test scores by others.</param>
public sealed record MusicResult(
    int TestFrames, IReadOnlyList<MusicScore> Networks, IReadOnlyList<BaselineScore> Baselines, IReadOnlyList<PublishedScore> Published);

/// <summary>The networks with one kind of peepholes.</summary>
/// <param name="Peephole">The kind.</param>
/// <param name="Fits">One for each seed.</param>
public sealed record MusicScore(PeepholeKind Peephole, IReadOnlyList<MusicFit> Fits)
{
    /// <summary>The score of the test part over the seeds.</summary>
    public Spread Test { get; } = Spread.Of([.. Fits.Select(fit => fit.Test)]);

    /// <summary>The score of the validation part over the seeds.</summary>
    public Spread Validation { get; } = Spread.Of([.. Fits.Select(fit => fit.Validation)]);
}

/// <summary>What a method comes to that needs no network.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Validation">The score of the validation part.</param>
/// <param name="Test">The score of the test part.</param>
public sealed record BaselineScore(string Method, double Validation, double Test);

/// <summary>What others have published.</summary>
/// <param name="Model">The model.</param>
/// <param name="Source">Authors and year.</param>
/// <param name="Test">The score of the test part.</param>
public sealed record PublishedScore(string Model, string Source, double Test);
