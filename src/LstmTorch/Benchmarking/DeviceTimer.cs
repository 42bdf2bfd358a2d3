using System.Runtime.InteropServices;
using LstmTorch.Recurrent.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>What work takes of a CUDA device alone: timed by events of the device around repetitions that were queued while it was held.</summary>
internal static class DeviceTimer
{
    /// <summary>So few that all their launches fit the queue of the device: at a thousand it makes the host wait.</summary>
    private const int Repetitions = 10;

    private const int Rounds = 7;

    /// <summary>The device is held for so many times as long as the host may need to queue the work.</summary>
    private const double Reserve = 2;

    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>Times our side of a benchmark.</summary>
    /// <param name="benchmark">The work.</param>
    /// <param name="device">Where it is done.</param>
    /// <param name="eager">Milliseconds that it takes with the host, waited for each time.</param>
    /// <returns>The median in milliseconds; null if there is nothing to time apart, or no driver to time it with.</returns>
    public static double? Milliseconds(IBenchmark benchmark, Device device, double eager)
    {
        if (device.type != DeviceType.CUDA || benchmark.ReadsResults || CudaDevices.Find(device.index).Device is not { } cuda)
            return null;

        CudaFunction hold = cuda.Function(["hold.cu"], [], "hold");
        var argument = new HoldArguments { Nanoseconds = (ulong)(Reserve * Repetitions * eager * NanosecondsPerMillisecond) };
        using var current = cuda.Use();
        nint start = cuda.Driver.CreateEvent(), end = cuda.Driver.CreateEvent();
        try
        {
            return PairedTimer.Median(Enumerable.Range(0, Rounds).Select(_ => Round()).ToList());
        }
        finally
        {
            cuda.Driver.DestroyEvent(start);
            cuda.Driver.DestroyEvent(end);
        }

        double Round()
        {
            benchmark.Synchronize();
            hold.Launch(argument, blocks: 1, threads: 1);
            cuda.Driver.Record(start);
            for (int n = 0; n < Repetitions; n++)
                benchmark.Ours();
            cuda.Driver.Record(end);
            cuda.Driver.Wait(end);
            return cuda.Driver.Milliseconds(start, end) / Repetitions;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct HoldArguments
    {
        public ulong Nanoseconds;
    }
}
