using LstmTorch.Benchmarking;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Benchmarking;

public sealed class BenchmarkCaseTests
{
    [Fact]
    public void Parse_FourSizes_IsOneLayer() =>
        Assert.Equal(
            new BenchmarkCase(64, 96, 7, 128, 1, BenchmarkPass.Train, PeepholeKind.Full),
            BenchmarkCase.Parse("64,96,7,128", BenchmarkPass.Train, PeepholeKind.Full));

    [Fact]
    public void Parse_WhatToStringWrites_IsTheSame() =>
        Assert.All(BenchmarkCase.Default, @case => Assert.Equal(@case, BenchmarkCase.Parse(@case.ToString(), @case.Pass, @case.Peephole)));

    [Theory]
    [InlineData("")]
    [InlineData("1,2,3")]
    [InlineData("1,2,3,4,5,6")]
    [InlineData("1,2,3,x")]
    [InlineData("1,2,3,0")]
    [InlineData("1,2,-3,4")]
    [InlineData("1,2,3,100000")]
    public void Parse_AnythingElse_SaysWhatIsWanted(string text)
    {
        var error = Assert.Throws<LstmTorchException>(() => BenchmarkCase.Parse(text, BenchmarkPass.Train, PeepholeKind.Full));
        Assert.Equal(ErrorKind.Usage, error.Kind);
    }

    /// <summary>Two layers of two units on three inputs, one sequence of five steps, by hand.</summary>
    [Theory]
    [InlineData(PeepholeKind.None, BenchmarkPass.Forward, 2 * 5 * ((8 * (3 + 2)) + (8 * (2 + 2))))]
    [InlineData(PeepholeKind.Diagonal, BenchmarkPass.Forward, 2 * 5 * ((8 * (3 + 2)) + (8 * (2 + 2)) + (2 * 8)))]
    [InlineData(PeepholeKind.Full, BenchmarkPass.Forward, 2 * 5 * ((8 * (3 + 2)) + (8 * (2 + 2)) + (2 * 16)))]
    [InlineData(PeepholeKind.Full, BenchmarkPass.Train, 3 * 2 * 5 * ((8 * (3 + 2)) + (8 * (2 + 2)) + (2 * 16)))]
    public void Operations_CountTheEquations(PeepholeKind peephole, BenchmarkPass pass, double operations) =>
        Assert.Equal(operations, new BenchmarkCase(1, 5, 3, 2, 2, pass, peephole).Operations);
}
