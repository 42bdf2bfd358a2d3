using LstmTorch.Experiments.Timing;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Experiments.Timing;

public sealed class TimingExperimentTests
{
    [Fact]
    public void Run_KindsAndSeeds_TrainsEach()
    {
        List<string> told = [];
        IReadOnlyList<TimingScore> scores = TimingExperiment.Run(
            new WaveTask(WaveShape.Rectangle, 4), new TimingOptions { Steps = 2, Seed = 4 }, [PeepholeKind.Full, PeepholeKind.None, PeepholeKind.Diagonal], seeds: 2, told.Add, TestContext.Current.CancellationToken);

        // One cell: 3 weights a gate, 2 of the head; Gers, Schraudolph and Schmidhuber count 17 with peepholes on the three gates.
        Assert.Equal([(PeepholeKind.Full, 18), (PeepholeKind.None, 14), (PeepholeKind.Diagonal, 17)], scores.Select(score => (score.Peephole, (int)score.Fits[0].Weights)));
        Assert.All(scores, score => Assert.Equal([4, 5], score.Fits.Select(fit => fit.Seed)));
        Assert.Equal(6, told.Count);
        Assert.StartsWith("full peepholes, seed 4: not learned in 2 steps", told[0], StringComparison.Ordinal);
        Assert.StartsWith("no peepholes, seed 5: ", told[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 10, 0.01, "--hidden-size is 0; it must be from 1 to ")]
    [InlineData(1, 0, 0.01, "--steps is 0; it must be at least 1")]
    [InlineData(1, 10, 0, "--learning-rate is 0; it must be above 0 and at most 1000")]
    public void Run_OutOfRange_SaysSo(int hidden, int steps, double learningRate, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() => TimingExperiment.Run(
            new WaveTask(WaveShape.Cosine, 10), new TimingOptions { HiddenSize = hidden, Steps = steps, LearningRate = learningRate }, [PeepholeKind.None], seeds: 1, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MedianSteps_OfThoseThatLearned_IsWhenHalfOfThemHad()
    {
        static TimingScore Score(params (bool IsLearned, int Steps)[] fits) => new(PeepholeKind.None, [.. fits.Select(fit => new TimingFit(0, fit.IsLearned, fit.Steps, 1, 0))]);
        Assert.Null(Score((false, 9), (false, 9)).MedianSteps);
        Assert.Equal(5, Score((false, 9), (true, 5)).MedianSteps);
        Assert.Equal(5, Score((true, 7), (true, 5)).MedianSteps);
        Assert.Equal((7, 3), (Score((true, 8), (true, 5), (false, 1), (true, 7)).MedianSteps, Score((true, 8), (true, 5), (false, 1), (true, 7)).Learned));
    }
}
