using LstmTorch.Recurrent.Kernels.Cuda;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>Devices whose memory is that of CPU tensors.</summary>
internal static class EmulatedCuda
{
    /// <summary>A device; the test is skipped where there is no emulation.</summary>
    /// <param name="facts">What it pretends to be; null for what it emulates.</param>
    public static CudaDevice Device(CudaDeviceFacts? facts = null)
    {
        string library = Library();
        string folder = Path.Combine(Path.GetTempPath(), "lstmtorch-emulated-kernels");
        return new CudaDevice(CudaDriver.Load(library), Nvrtc.Load(library), new CubinCache(folder), 0, CPU, facts);
    }

    public static string Library()
    {
        string? library = Environment.GetEnvironmentVariable("LSTMTORCH_EMULATED_CUDA");
        Assert.SkipWhen(string.IsNullOrEmpty(library), "There is no emulated device.");
        return library!;
    }
}
