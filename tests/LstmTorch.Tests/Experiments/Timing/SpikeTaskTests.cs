using LstmTorch.Experiments.Timing;
using LstmTorch.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Experiments.Timing;

public sealed class SpikeTaskTests
{
    [Fact]
    public void Draw_OfMeasuredSpikes_AsksAtEachForTheRandomPartOfTheDelayBefore()
    {
        foreach (var (inputs, targets) in Streams(new SpikeTask(SpikeTaskKind.Measure, Interval: 4, Range: 2)))
        {
            int[] spikes = At(inputs);
            Assert.Equal(0, spikes[0]);
            Assert.Equal(0, targets[0]);
            Assert.All(spikes, spike => Assert.Equal(1, inputs[spike]));
            for (int n = 1; n < spikes.Length; n++)
                Assert.Equal(spikes[n] - spikes[n - 1] - 4, targets[spikes[n]]);
            Assert.Subset(spikes.ToHashSet(), At(targets).ToHashSet());
        }
    }

    [Fact]
    public void Draw_OfGeneratedSpikes_TellsAtEachTheRandomPartOfTheDelayBehind()
    {
        foreach (var (inputs, targets) in Streams(new SpikeTask(SpikeTaskKind.Generate, Interval: 4, Range: 2)))
        {
            // The network begins at a spike, which nobody asks it for.
            int[] spikes = [0, .. At(targets)];
            Assert.All(spikes[1..], spike => Assert.Equal(1, targets[spike]));
            for (int n = 1; n < spikes.Length; n++)
                Assert.Equal(spikes[n] - spikes[n - 1] - 4, inputs[spikes[n - 1]]);
            Assert.Subset(spikes.ToHashSet(), At(inputs).ToHashSet());
        }
    }

    [Theory]
    [InlineData(SpikeTaskKind.Measure)]
    [InlineData(SpikeTaskKind.Generate)]
    public void Draw_OfManySpikes_HasEveryDelayAboutAsOften(SpikeTaskKind kind)
    {
        var task = new SpikeTask(kind, Interval: 3, Range: 2);
        int[] counts = new int[3];
        foreach (var (inputs, targets) in Streams(task, steps: 3000))
        {
            int[] spikes = At(kind == SpikeTaskKind.Measure ? inputs : targets);
            for (int n = 1; n < spikes.Length; n++)
                counts[spikes[n] - spikes[n - 1] - 3]++;
        }

        // Five deviations of a share of one in three, of some 2200 draws.
        double total = counts.Sum();
        Assert.All(counts, count => Assert.Equal(1 / 3.0, count / total, 5 * Math.Sqrt(2 / 9.0 / total)));
    }

    [Fact]
    public void Draw_OfOneSeed_GivesStreamsThatDifferAndThatRepeatThemselves()
    {
        var task = new SpikeTask(SpikeTaskKind.Measure, Interval: 4, Range: 2);
        (float[] Inputs, float[] Targets)[] first = Streams(task), second = Streams(task);
        Assert.Equal(first[1].Inputs, second[1].Inputs);
        Assert.NotEqual(first[0].Inputs, first[1].Inputs);
    }

    [Theory]
    [InlineData(0, 1, "--interval is 0; it must be from 1 to 1000")]
    [InlineData(10, 0, "--range is 0; it must be from 1 to 100")]
    public void Validate_OutOfRange_SaysSo(int interval, int range, string message) =>
        Assert.Equal(message, Assert.Throws<LstmTorchException>(new SpikeTask(SpikeTaskKind.Measure, interval, range).Validate).Message);

    private static (float[] Inputs, float[] Targets)[] Streams(SpikeTask task, int steps = 120)
    {
        const int count = 3;
        using var scope = NewDisposeScope();
        manual_seed(Seeds.Torch);
        TimingStreams streams = task.Draw(count, steps);
        Assert.Equal([steps, count, 1], streams.Inputs.shape);
        float[] Of(Tensor all, int stream) => all.select(1, stream).flatten().data<float>().ToArray();
        return [.. Enumerable.Range(0, count).Select(stream => (Of(streams.Inputs, stream), Of(streams.Targets, stream)))];
    }

    private static int[] At(float[] values) => [.. Enumerable.Range(0, values.Length).Where(step => values[step] != 0)];
}
