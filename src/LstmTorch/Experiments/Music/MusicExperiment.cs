using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments.Music;

/// <summary>
/// Polyphonic music (Boulanger-Lewandowski, Bengio and Vincent, "Modeling Temporal Dependencies in High-Dimensional Sequences", 2012):
/// the next frame of a piece from those before it, scored as <see cref="NextFrame"/> says, with several kinds of peepholes and seeds.
/// </summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Description">The task in a line.</param>
/// <param name="Published">Scores of the test part by others.</param>
public sealed record MusicExperiment(string Name, string Description, IReadOnlyList<PublishedScore> Published)
{
    private const string Chung = "Chung et al., 2014", Bai = "Bai et al., 2018";

    /// <summary>Chorales of J. S. Bach, in quarter notes.</summary>
    public static MusicExperiment JsbChorales { get; } = new(
        "jsb-chorales",
        "Chorales of J. S. Bach in quarter notes",
        [
            new("LSTM, diagonal peepholes, 36 units", Chung, 8.67),
            new("GRU, 46 units", Chung, 8.54),
            new("tanh, 100 units", Chung, 9.10),
            new("LSTM, about 300 000 weights", Bai, 8.45),
            new("GRU, about 300 000 weights", Bai, 8.43),
            new("TCN, about 300 000 weights", Bai, 8.10),
        ]);

    /// <summary>Folk tunes with chords.</summary>
    public static MusicExperiment Nottingham { get; } = new(
        "nottingham",
        "Folk tunes with chords, the Nottingham collection",
        [
            new("LSTM, diagonal peepholes, 36 units", Chung, 3.20),
            new("GRU, 46 units", Chung, 3.23),
            new("tanh, 100 units", Chung, 3.13),
            new("LSTM, about 1 000 000 weights", Bai, 3.29),
            new("GRU, about 1 000 000 weights", Bai, 3.46),
            new("TCN, about 1 000 000 weights", Bai, 3.07),
        ]);

    /// <summary>The options of a recipe; they were chosen on the validation part of the chorales (docs/results.md).</summary>
    public static MusicOptions Options(MusicRecipe recipe)
    {
        var training = new TrainingOptions { LearningRate = 0.005, BatchSize = 8, ClipNorm = 1, AverageWeights = 0.99, PeepholeSteps = PeepholeSteps.PerUnit };
        return recipe == MusicRecipe.Small
            ? new MusicOptions
            {
                HiddenSize = [36],
                InputDropout = 0.1,
                WeightNoise = 0.2,
                Training = training with { Epochs = 600, Patience = 60 },
            }
            : new MusicOptions
            {
                HiddenSize = [200],
                InputDropout = 0.2,
                Dropout = 0.5,
                RecurrentDropout = 0.5,
                Training = training with { LearningRate = 0.01, Epochs = 400, Patience = 30 },
            };
    }

    /// <summary>Trains a network for each kind of peepholes and each seed.</summary>
    /// <param name="data">The file of pieces.</param>
    /// <param name="options">The network and its training; its peepholes do not count.</param>
    /// <param name="kinds">The kinds of peepholes, each as <see cref="Peephole.Published"/>.</param>
    /// <param name="seeds">How many seeds, from that of the options on.</param>
    /// <param name="told">Told of each network; may be null.</param>
    /// <param name="cancellation">Ends it at the next step with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LstmTorchException">The file or an option cannot be used, or training diverged.</exception>
    public MusicResult Run(
        string data, MusicOptions options, IReadOnlyList<PeepholeKind> kinds, int seeds, Action<string>? told = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kinds);
        options.Validate();
        PieceSet pieces = PieceFile.Read(data);
        return new MusicResult(
            PieceSet.PredictedFrames(pieces.Test),
            [.. kinds.Select(kind => new MusicScore(kind, [.. Enumerable.Range(0, seeds).Select(seed => Fit(kind, seed))]))],
            [
                new("each key as after its last frame", KeyBaselines.Markov(pieces.Train, pieces.Validation), KeyBaselines.Markov(pieces.Train, pieces.Test)),
                new("each key as often as in training", KeyBaselines.Unigram(pieces.Train, pieces.Validation), KeyBaselines.Unigram(pieces.Train, pieces.Test)),
            ],
            Published);

        MusicFit Fit(PeepholeKind kind, int seed)
        {
            TrainingOptions training = options.Training with { Seed = options.Training.Seed + seed };
            using var run = new MusicTraining(pieces, options with { Peephole = Peephole.Published(kind), Training = training });
            MusicFit fit = run.Run(cancellation);
            told?.Invoke(FormattableString.Invariant(
                $"{Choices.Name(kind)} peepholes, seed {fit.Seed}: validation {fit.Validation:F3}, training {fit.Train:F3} (epoch {fit.BestEpoch} of {fit.Epochs}, {fit.Seconds:F0} s)"));
            return fit;
        }
    }
}
