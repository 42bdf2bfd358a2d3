namespace LstmTorch.Benchmarking;

/// <summary>What a case came to.</summary>
/// <param name="Case">The shape.</param>
/// <param name="Kernel">The kernel that served it.</param>
/// <param name="Milliseconds">The median of our side.</param>
/// <param name="NnLstmMilliseconds">The median of <c>nn.LSTM</c>, without peepholes.</param>
/// <param name="GpuMilliseconds">
/// What our side takes of the device alone, without the time in which the host prepares the next launch; null on a CPU, and of a whole
/// step, which waits for its loss.
/// </param>
public sealed record BenchmarkResult(
    BenchmarkCase Case, string Kernel, double Milliseconds, double NnLstmMilliseconds, double? GpuMilliseconds = null)
{
    private const double OperationsPerGigaflop = 1e9, MillisecondsPerSecond = 1e3;

    /// <summary>The time of <c>nn.LSTM</c> divided by ours; above 1, ours is faster.</summary>
    public double Ratio => NnLstmMilliseconds / Milliseconds;

    /// <summary>Our speed in GFLOP/s, counting what the equations ask for and nothing that a kernel does besides.</summary>
    public double Gflops => Case.Operations / OperationsPerGigaflop / (Milliseconds / MillisecondsPerSecond);
}
