using LstmTorch.Benchmarking;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Benchmarking;

public sealed class KernelBenchmarkTests
{
    [Theory]
    [InlineData(BenchmarkPass.Forward, PeepholeKind.None)]
    [InlineData(BenchmarkPass.Train, PeepholeKind.Diagonal)]
    [InlineData(BenchmarkPass.Step, PeepholeKind.Full)]
    public void Run_SmallCase_TimesBothSides(BenchmarkPass pass, PeepholeKind peephole)
    {
        var @case = new BenchmarkCase(2, 3, 4, 5, 2, pass, peephole);
        BenchmarkResult result = KernelBenchmark.Run(@case, "reference", CPU, TimeSpan.Zero, warmUp: TimeSpan.Zero);

        Assert.Equal(@case, result.Case);
        Assert.Equal("reference", result.Kernel);
        Assert.InRange(result.Milliseconds, double.Epsilon, double.MaxValue);
        Assert.InRange(result.NnLstmMilliseconds, double.Epsilon, double.MaxValue);
    }

    [Fact]
    public void Run_KernelThatThereIsNot_IsRefused() =>
        Assert.Equal(ErrorKind.Usage, Assert.Throws<LstmTorchException>(() => KernelBenchmark.Run(
            new BenchmarkCase(1, 1, 1, 1, 1, BenchmarkPass.Forward, PeepholeKind.Full), "none such", CPU, TimeSpan.Zero)).Kind);

    [Fact]
    public void Auto_ChoosesTheFastestKernel() =>
        Assert.Equal(LstmKernels.All[0].Name, KernelBenchmark.Run(
            new BenchmarkCase(1, 1, 1, 1, 1, BenchmarkPass.Forward, PeepholeKind.Full), LstmKernels.Auto, CPU, TimeSpan.Zero, warmUp: TimeSpan.Zero).Kernel);

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, 2.5)]
    public void Median_IsTheMiddle(double[] values, double median) => Assert.Equal(median, PairedTimer.Median(values));
}
