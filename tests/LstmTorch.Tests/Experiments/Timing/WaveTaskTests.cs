using LstmTorch.Experiments.Timing;
using LstmTorch.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Experiments.Timing;

public sealed class WaveTaskTests
{
    [Theory]
    [InlineData(WaveShape.Cosine, new[] { 1, 0.7071068f, 0, -0.7071068f, -1, -0.7071068f, 0, 0.7071068f, 1 })]
    [InlineData(WaveShape.Triangle, new[] { 1, 0.5f, 0, -0.5f, -1, -0.5f, 0, 0.5f, 1 })]
    [InlineData(WaveShape.Rectangle, new float[] { 1, 1, 1, 1, -1, -1, -1, -1, 1 })]
    public void Draw_OfAWave_HasItAndNoInput(WaveShape shape, float[] expected)
    {
        using var scope = NewDisposeScope();
        TimingStreams streams = new WaveTask(shape, Period: 8).Draw(2, 9);
        foreach (long stream in new[] { 0, 1 })
        {
            float[] targets = streams.Targets.select(1, stream).flatten().data<float>().ToArray();
            for (int step = 0; step < expected.Length; step++)
                Assert.Equal(expected[step], targets[step], 1e-6f);
        }

        Assert.Equal(0, streams.Inputs.abs().max().item<float>());
    }

    [Fact]
    public void Validate_OutOfRange_SaysSo() =>
        Assert.Equal("--period is 1; it must be from 2 to 1000", Assert.Throws<LstmTorchException>(new WaveTask(WaveShape.Cosine, 1).Validate).Message);
}
