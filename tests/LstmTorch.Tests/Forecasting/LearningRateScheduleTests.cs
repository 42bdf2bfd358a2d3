using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class LearningRateScheduleTests
{
    private const int StepsPerEpoch = 10;

    private static readonly TrainingOptions s_options = new() { Epochs = 10, LearningRate = 0.4 };

    [Theory]
    [InlineData(LearningRateSchedule.Constant, 0, 0.4)]
    [InlineData(LearningRateSchedule.Constant, 99, 0.4)]
    [InlineData(LearningRateSchedule.Cosine, 0, 0.4)]
    [InlineData(LearningRateSchedule.Cosine, 50, 0.2)]
    [InlineData(LearningRateSchedule.Cosine, 25, 0.2 * (1 + 0.70710678118654757))]
    [InlineData(LearningRateSchedule.Cosine, 100, 0)]
    [InlineData(LearningRateSchedule.OneCycle, 0, 0.016)]
    [InlineData(LearningRateSchedule.OneCycle, 15, 0.208)]
    [InlineData(LearningRateSchedule.OneCycle, 30, 0.4)]
    [InlineData(LearningRateSchedule.OneCycle, 65, 0.2)]
    [InlineData(LearningRateSchedule.OneCycle, 100, 0)]
    public void At_Step_IsOnItsCurve(LearningRateSchedule schedule, long step, double expected) =>
        Assert.Equal(expected, LearningRates.At(s_options with { Schedule = schedule }, step, StepsPerEpoch, []), 1e-15);

    [Fact]
    public void At_WarmUp_GrowsEvenlyAndTheScheduleFollows()
    {
        TrainingOptions options = s_options with { WarmupEpochs = 2, Schedule = LearningRateSchedule.Cosine };
        Assert.Equal(
            [0.02, 0.2, 0.4, 0.4, 0.2],
            new long[] { 0, 9, 19, 20, 60 }.Select(step => Math.Round(LearningRates.At(options, step, StepsPerEpoch, []), 12)));
    }

    [Fact]
    public void At_Plateau_HalvesAfterEachFiveEpochsWithoutABetterLoss()
    {
        // Best at epoch 1; 5 worse; then a better one; then 10 that are no better.
        double[] losses = [3, 4, 4, 4, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2];
        EpochResult[] history = [.. losses.Select((loss, n) => new EpochResult(n + 1, 1, loss, 0.4, 1, 1))];
        TrainingOptions options = s_options with { Schedule = LearningRateSchedule.Plateau };
        double After(int epochs) => LearningRates.At(options, epochs * StepsPerEpoch, StepsPerEpoch, history[..epochs]);

        Assert.Equal([0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.05], new[] { 0, 5, 6, 7, 11, 12, 17 }.Select(After));
    }
}
