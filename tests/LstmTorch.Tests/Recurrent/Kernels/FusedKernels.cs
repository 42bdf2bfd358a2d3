using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Tests.Recurrent.Kernels.Cuda;
using TorchSharp;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels;

/// <summary>The kernels that autograd sees as one node: that of CPUs, and those of CUDA on a device that a CPU emulates and on a real one.</summary>
internal static class FusedKernels
{
    /// <summary>A device without clusters, which Ampere's are.</summary>
    private static readonly CudaDeviceFacts s_ampere = new(8, 0, 108, 166912);

    /// <summary>A device for which there are no kernels for whole sequences.</summary>
    private static readonly CudaDeviceFacts s_pascal = new(6, 1, 20, 49152);

    private static readonly Dictionary<string, CudaKernel> s_emulated = [];

    public static TheoryData<string> Names => ["cpu", "cuda", .. Emulated];

    public static IEnumerable<string> Emulated => ["cuda cluster", "cuda grid", "cuda stepwise"];

    /// <summary>Where the tensors of a kernel lie.</summary>
    public static torch.Device DeviceOf(string name) => name == "cuda" ? torch.CUDA : torch.CPU;

    /// <summary>A kernel; the test is skipped where it cannot run.</summary>
    public static ILstmKernel Of(string name)
    {
        Assert.SkipUnless(name != "cuda" || Devices.HasCuda, "There is no CUDA device.");
        if (LstmKernels.All.SingleOrDefault(kernel => kernel.Name == name) is { } own)
            return own;
        if (!s_emulated.TryGetValue(name, out CudaKernel? emulated))
        {
            s_emulated.Add(name, emulated = new CudaKernel(EmulatedCuda.Device(name switch
            {
                "cuda cluster" => null,
                "cuda grid" => s_ampere,
                "cuda stepwise" => s_pascal,
                _ => throw new ArgumentException($"no kernel {name}", nameof(name)),
            })));
        }

        return emulated;
    }
}
