using LstmTorch.Recurrent.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The CUDA kernels, forward and backward: float32 on an NVIDIA GPU, matrix products in the cell's precision.</summary>
/// <remarks>
/// They are compiled for the device when they are first used, and kept on the disk. Shapes and devices that the kernels for
/// whole sequences do not serve are stepped through with libtorch's matrix products and small kernels between them.
/// </remarks>
public sealed class CudaKernel : ILstmKernel
{
    private readonly CudaDevice? _device;

    /// <summary>Creates the kernel for every CUDA device of the machine.</summary>
    public CudaKernel()
    {
    }

    /// <summary>Creates the kernel for one device and for tensors in its memory.</summary>
    internal CudaKernel(CudaDevice device) => _device = device;

    /// <inheritdoc/>
    public string Name => "cuda";

    /// <inheritdoc/>
    public string? Refuses(PeepholeLstmCell cell, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        if (_device is null && (input.device_type != DeviceType.CUDA || cell.weight_hh.device_type != DeviceType.CUDA))
            return "it runs on CUDA devices only";
        if (input.dtype != ScalarType.Float32 || cell.weight_hh.dtype != ScalarType.Float32)
            return "it computes in float32 only";
        return _device is null ? CudaDevices.Find(input.device_index).Reason : null;
    }

    /// <inheritdoc/>
    public (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState? initial)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        CudaDevice device = _device ?? CudaDevices.Find(input.device_index).Device
            ?? throw new ArgumentException("The kernel refuses this device.", nameof(input));
        return FusedLstmFunction.Run(new CudaLstmRun(device, cell), cell, input, initial);
    }
}
