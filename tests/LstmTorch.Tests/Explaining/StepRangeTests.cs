using LstmTorch.Explaining;
using Xunit;

namespace LstmTorch.Tests.Explaining;

public sealed class StepRangeTests
{
    [Theory]
    [InlineData(1, "0")]
    [InlineData(3, "0 1 2")]
    [InlineData(30, "0 1 2-3 4-7 8-15 16-29")]
    public void Doubling_OfAContext_HoldsEveryStepOnce(int contextLength, string expected)
    {
        IReadOnlyList<StepRange> ranges = StepRange.Doubling(contextLength);
        Assert.Equal(expected, string.Join(' ', ranges));
        double[] steps = [.. Enumerable.Range(0, contextLength).Select(step => Math.Pow(2, step))];
        Assert.Equal(steps.Sum(), ranges.Sum(range => range.Sum(steps)));
    }
}
