using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class NormalizedWindowsTests
{
    private static readonly double[] s_first = [1, 3, 2, 7], s_second = [10, 10, 20, 50];

    /// <summary>By hand; small whole numbers are exact.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_Difference_TakesTheRowBeforeFromEach(bool keepsFirst)
    {
        using var scope = NewDisposeScope();
        NormalizedWindows windows = Difference(keepsFirst);

        Assert.Equal(keepsFirst ? s_first : [0, 2, -1, 5], Values(windows.Input.select(2, 0)));
        Assert.Equal([0, 0, 10, 30], Values(windows.Input.select(2, 1)));
    }

    [Fact]
    public void Restore_Difference_AddsStepsUpFromTheLastValueOn()
    {
        using var scope = NewDisposeScope();

        // Steps of the second column, then of the first.
        Tensor steps = tensor([1.0, 10, -4, 20, 2, -5], [1, 3, 2]);
        Assert.Equal([51, 17, 47, 37, 49, 32], Values(Difference(keepsFirst: false).Restore(steps)));
    }

    [Fact]
    public void Restore_DifferenceOfQuantilesOfOneStep_AddsTheLastValue()
    {
        using var scope = NewDisposeScope();
        Tensor quantiles = tensor([-1.0, 0, 2, 3, 4, 5], [1, 1, 2, 3]);
        Assert.Equal([49, 50, 52, 10, 11, 12], Values(Difference(keepsFirst: false).Restore(quantiles)));
    }

    [Fact]
    public void Of_DifferenceOfASingleRow_IsZero()
    {
        using var scope = NewDisposeScope();
        NormalizedWindows windows = NormalizedWindows.Of(WindowNormalization.Difference, tensor([3.0, 4.0], [1, 1, 2]), tensor([0L]));
        Assert.Equal([0, 0], Values(windows.Input));
        Assert.Equal([5], Values(windows.Restore(tensor([2.0], [1, 1, 1]))));
    }

    private static NormalizedWindows Difference(bool keepsFirst) => NormalizedWindows.Of(
        WindowNormalization.Difference,
        stack([tensor(s_first), tensor(s_second)], 1).unsqueeze(0),
        tensor([1L, 0L]),
        keepsFirst ? tensor([true, false]) : null);

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
