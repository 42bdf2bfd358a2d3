using System.Collections.Concurrent;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The CUDA devices of this machine, each taken once when it is first asked for.</summary>
internal static class CudaDevices
{
    private static readonly ConcurrentDictionary<int, (CudaDevice? Device, string? Reason)> s_devices = new();
    private static readonly Lazy<(CudaDriver? Driver, Nvrtc? Nvrtc, string? Reason)> s_libraries = new(LoadLibraries);

    /// <summary>Finds a device, or says in words why kernels of this library cannot run on it.</summary>
    /// <param name="index">libtorch's number of it; −1 for the first.</param>
    public static (CudaDevice? Device, string? Reason) Find(int index) => s_devices.GetOrAdd(Math.Max(0, index), Take);

    /// <summary>The run-time compiler's version and place, or why there is none.</summary>
    public static string Compiler => s_libraries.Value is { Nvrtc: { } nvrtc } ? $"{nvrtc.Version}, {nvrtc.Path}" : s_libraries.Value.Reason!;

    private static (CudaDevice?, string?) Take(int index)
    {
        var (driver, nvrtc, reason) = s_libraries.Value;
        if (driver is null || nvrtc is null)
            return (null, reason);
        try
        {
            var device = new CudaDevice(driver, nvrtc, new CubinCache(CubinCache.UserFolder), index, new Device(TorchSharp.DeviceType.CUDA, index), Cublas.LibraryName);

            // A device that is newer than the compiler shows here, and not in the middle of a training.
            StepwiseRecurrence.Compile(device);
            return (device, null);
        }
        catch (LstmTorchException error)
        {
            return (null, error.Message);
        }
    }

    private static (CudaDriver?, Nvrtc?, string?) LoadLibraries()
    {
        try
        {
            return (CudaDriver.Load(CudaDriver.LibraryName), LoadNvrtc(), null);
        }
        catch (LstmTorchException error)
        {
            return (null, null, error.Message);
        }
    }

    private static Nvrtc LoadNvrtc()
    {
        string? named = Environment.GetEnvironmentVariable(NvrtcLibraries.EnvironmentVariable);
        string? libtorch = Path.GetDirectoryName(LibTorch.Location);
        LstmTorchException? last = null;
        foreach (string library in NvrtcLibraries.Candidates(named, libtorch))
        {
            try
            {
                return Nvrtc.Load(library);
            }
            catch (LstmTorchException error)
            {
                last = error;
            }
        }

        throw string.IsNullOrEmpty(named)
            ? new LstmTorchException(
                ErrorKind.Environment,
                $"NVIDIA's run-time compiler NVRTC was found neither beside libtorch nor in the system; name its library in {NvrtcLibraries.EnvironmentVariable}",
                last)
            : last!;
    }
}
