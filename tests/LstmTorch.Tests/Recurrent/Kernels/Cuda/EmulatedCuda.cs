using LstmTorch.Recurrent.Kernels.Cuda;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>The emulated device as the library sees a device: its memory is that of CPU tensors.</summary>
internal static class EmulatedCuda
{
    /// <summary>A device; the test is skipped where there is no emulation.</summary>
    /// <param name="facts">What it pretends to be; null for what it emulates.</param>
    public static CudaDevice Device(CudaDeviceFacts? facts = null)
    {
        Assert.SkipWhen(EmulatedDevice.Missing is not null, EmulatedDevice.Missing ?? string.Empty);
        string library = EmulatedDevice.Library;
        string folder = Path.Combine(Path.GetDirectoryName(library)!, "kernels");
        return new CudaDevice(CudaDriver.Load(library), Nvrtc.Load(library), new CubinCache(folder), 0, CPU, library, facts);
    }
}
