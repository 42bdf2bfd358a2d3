using LstmTorch.Experiments.Timing;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Experiments.Timing;

public sealed class TimingTrainingTests
{
    // A network of four cells learns it within a second.
    private static readonly SpikeTask s_task = new(SpikeTaskKind.Measure, Interval: 2, Range: 1);

    private static readonly TimingOptions s_options = new() { HiddenSize = 4, Steps = 4000, Seed = 3 };

    [Fact]
    public void Run_OfAnEasyTask_LearnsIt()
    {
        using var training = new TimingTraining(s_task, s_options);
        Assert.False(training.IsRight(5));
        TimingFit fit = training.Run(TestContext.Current.CancellationToken);

        Assert.True(fit.IsLearned);
        Assert.InRange(fit.Steps, 50, 3950);
        Assert.Equal(0, fit.Steps % 50);
        Assert.Equal((3, (4 * 4 * (1 + 4 + 1)) + (3 * 4) + 4 + 1), (fit.Seed, fit.Weights));
        Assert.True(training.IsRight(TimingTraining.TestEvents));
    }

    /// <summary>A wave that is right for five periods drifts off later, until training has found one that keeps itself in step.</summary>
    [Fact]
    public void Run_OfAWave_GoesOnUntilItLasts()
    {
        using var training = new TimingTraining(new WaveTask(WaveShape.Cosine, Period: 8), s_options);
        Assert.True(training.Run(TestContext.Current.CancellationToken).IsLearned);
        Assert.True(training.IsRight(TimingTraining.TestEvents));
    }

    [Fact]
    public void Run_Twice_RepeatsItselfToTheBit()
    {
        TimingFit Fit()
        {
            using var training = new TimingTraining(s_task, s_options);
            return training.Run(TestContext.Current.CancellationToken) with { Seconds = 0 };
        }

        Assert.Equal(Fit(), Fit());
    }

    [Fact]
    public void Run_OutOfSteps_HasNotLearned()
    {
        using var training = new TimingTraining(s_task, s_options with { Steps = 60, Peephole = Peephole.None });
        Assert.Equal(new TimingFit(3, IsLearned: false, 60, (4 * 4 * (1 + 4 + 1)) + 4 + 1, 0), training.Run(TestContext.Current.CancellationToken) with { Seconds = 0 });
    }

    [Fact]
    public void Run_Diverging_EndsUnlearned()
    {
        using var training = new TimingTraining(s_task, s_options with { LearningRate = 1e38 });
        TimingFit fit = training.Run(TestContext.Current.CancellationToken);
        Assert.False(fit.IsLearned);
        Assert.InRange(fit.Steps, 1, 10);
    }

    [Fact]
    public void Run_Cancelled_Ends()
    {
        using var training = new TimingTraining(s_task, s_options);
        Assert.Throws<OperationCanceledException>(() => training.Run(new CancellationToken(canceled: true)));
    }
}
