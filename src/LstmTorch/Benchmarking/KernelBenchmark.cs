using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>Kernels against <c>nn.LSTM</c>, case by case, in turn within this process.</summary>
public static class KernelBenchmark
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Times one case.</summary>
    /// <param name="case">The shape.</param>
    /// <param name="kernel">The kernel's name, or auto.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="time">How long to measure; at least 20 pairs are.</param>
    /// <param name="warmUp">How long to run before that; a second if null, in which compiled code is replaced by faster code.</param>
    /// <exception cref="LstmTorchException">The kernel cannot serve the case.</exception>
    public static BenchmarkResult Run(BenchmarkCase @case, string kernel, Device device, TimeSpan time, TimeSpan? warmUp = null)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(device);
        LibTorch.Load();
        manual_seed(0);
        using IBenchmark benchmark = @case.Pass == BenchmarkPass.Step
            ? new StepBenchmark(@case, kernel, device)
            : new LayersBenchmark(@case, kernel, device);
        var (ours, theirs) = PairedTimer.Run(benchmark.Ours, benchmark.Theirs, time, warmUp ?? s_warmUp);
        return new BenchmarkResult(@case, benchmark.Kernel, ours, theirs);
    }
}
