using LstmTorch.Recurrent;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent;

public sealed class CounterMaskTests
{
    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.2, 0x1234_5678_9ABC)]
    [InlineData(0.5, -1)]
    [InlineData(0.5, long.MinValue + 12345)]
    [InlineData(0.999, long.MaxValue)]
    public void Of_AnyKey_IsTheMaskOfTheCpu(double probability, long key)
    {
        // Past 2^16, where the first shift begins to matter; keys whose halves overflow 32 bits with the number.
        const int count = 200_003;
        float[] ones = new float[count], expected = new float[count];
        Array.Fill(ones, 1f);
        CounterDropout.Multiply(ones, expected, probability, key);
        using var scope = NewDisposeScope();
        Assert.Equal(expected, CounterMask.Of(count, probability, key, ScalarType.Float32, CPU).data<float>().ToArray());
    }
}
