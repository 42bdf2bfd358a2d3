using LstmTorch.Experiments.Music;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class MusicTrainingTests
{
    private static readonly MusicOptions s_small = new()
    {
        HiddenSize = [8],
        Device = "cpu",
        Training = new TrainingOptions { Epochs = 400, BatchSize = 2, LearningRate = 0.03, ClipNorm = 1, AverageWeights = 0.9, Seed = 7 },
    };

    /// <summary>A round of three keys is certain from its first frame on, where three keys with a chance of 1/3 each cost 1.9 nats.</summary>
    [Fact]
    public void Run_OfARound_LearnsIt()
    {
        MusicFit fit = Fit(s_small);
        Assert.True(fit.Validation < 0.1, $"{fit.Validation}");
        Assert.True(fit.Test < 0.1, $"{fit.Test}");
        Assert.Equal((400, 7), (fit.Epochs, fit.Seed));
    }

    [Fact]
    public void Run_WithAllThatIsRandom_RepeatsItselfToTheBit()
    {
        MusicOptions options = s_small with
        {
            InputDropout = 0.1,
            Dropout = 0.2,
            RecurrentDropout = 0.2,
            WeightNoise = 0.05,
            Training = s_small.Training with { Epochs = 3 },
        };
        MusicFit fit = Fit(options);
        Assert.Equal(fit with { Seconds = 0 }, Fit(options) with { Seconds = 0 });
        Assert.NotEqual(fit.Test, Fit(options with { WeightNoise = 0.06 }).Test);
        Assert.NotEqual(fit.Test, Fit(options with { Training = options.Training with { Seed = 8 } }).Test);
    }

    /// <summary>A validation part of another kind than the training part grows worse from some epoch on.</summary>
    [Fact]
    public void Run_WithPatience_EndsAndKeepsTheBestEpoch()
    {
        PieceSet pieces = Pieces.Rounds with { Validation = [Pieces.Of(0, 20, 10, 0, 20, 10, 0, 20)] };
        MusicOptions options = s_small with { Training = s_small.Training with { Patience = 5, AverageWeights = null } };
        MusicFit fit = Fit(options, pieces);
        Assert.Equal(fit.BestEpoch + 5, fit.Epochs);
        Assert.InRange(fit.Epochs, 6, 399);

        MusicFit untilBest = Fit(options with { Training = options.Training with { Epochs = fit.BestEpoch } }, pieces);
        Assert.Equal(untilBest.Test, fit.Test);
    }

    /// <summary>The noise is there while the gradient is computed, and no longer when the step is taken.</summary>
    [Fact]
    public void Run_WithNoise_LeavesItOutOfTheWeights()
    {
        MusicOptions still = s_small with { Training = s_small.Training with { Epochs = 1, LearningRate = 1e-12 } };
        Assert.Equal(Fit(still).Test, Fit(still with { WeightNoise = 10 }).Test, 1e-4);
    }

    [Fact]
    public void Run_Diverging_SaysWhere()
    {
        var error = Assert.Throws<LstmTorchException>(() => Fit(s_small with { WeightNoise = 1e38 }));
        Assert.Equal(ErrorKind.Diverged, error.Kind);
        Assert.Contains("epoch 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Ends()
    {
        using var training = new MusicTraining(Pieces.Rounds, s_small);
        Assert.Throws<OperationCanceledException>(() => training.Run(new CancellationToken(canceled: true)));
    }

    private static MusicFit Fit(MusicOptions options, PieceSet? pieces = null)
    {
        using var training = new MusicTraining(pieces ?? Pieces.Rounds, options);
        return training.Run();
    }
}
