using LstmTorch.Recurrent;
using LstmTorch.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>Kernels against <c>nn.LSTM</c>, case by case, in turn within this process.</summary>
public static class KernelBenchmark
{
    /// <summary>The runtime replaces compiled code by faster code in the first seconds, which a CPU's kernels hardly depend on.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1), s_warmUpOnDevice = TimeSpan.FromSeconds(3);

    /// <summary>A CUDA device has its work queued while it computes, and nobody waits for it in every step.</summary>
    private static readonly TimeSpan s_run = TimeSpan.FromMilliseconds(20);

    /// <summary>Times one case.</summary>
    /// <param name="case">The shape.</param>
    /// <param name="kernel">The kernel's name, or auto.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="time">How long to measure; at least 20 pairs are.</param>
    /// <param name="precision">How the matrix products of both sides round their factors on a CUDA device.</param>
    /// <param name="warmUp">How long to run before that; if null a second, and three on a CUDA device, whose small layers wait for the host.</param>
    /// <exception cref="LstmTorchException">The kernel cannot serve the case.</exception>
    public static BenchmarkResult Run(
        BenchmarkCase @case, string kernel, Device device, TimeSpan time, MatrixPrecision precision = MatrixPrecision.Fp32, TimeSpan? warmUp = null)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(device);
        LibTorch.SetPrecision(precision);
        manual_seed(0);
        using IBenchmark benchmark = @case.Pass == BenchmarkPass.Step
            ? new StepBenchmark(@case, kernel, device, precision)
            : new LayersBenchmark(@case, kernel, device, precision);
        bool onDevice = device.type == DeviceType.CUDA;
        var (ours, theirs) = PairedTimer.Run(
            benchmark.Ours,
            benchmark.Theirs,
            benchmark.Synchronize,
            time,
            warmUp ?? (onDevice ? s_warmUpOnDevice : s_warmUp),
            onDevice ? s_run : TimeSpan.Zero);
        return new BenchmarkResult(@case, benchmark.Kernel, ours, theirs, DeviceTimer.Milliseconds(benchmark, device, ours));
    }
}
