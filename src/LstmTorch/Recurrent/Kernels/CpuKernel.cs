using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The SIMD kernels of the runtime, forward and backward, over TorchSharp's tensors: float32 on a CPU.</summary>
public sealed class CpuKernel : ILstmKernel
{
    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public string? Refuses(PeepholeLstmCell cell, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        if (input.device_type != TorchSharp.DeviceType.CPU || cell.weight_hh.device_type != TorchSharp.DeviceType.CPU)
            return "it runs on CPUs only";
        return input.dtype == ScalarType.Float32 && cell.weight_hh.dtype == ScalarType.Float32 ? null : "it computes in float32 only";
    }

    /// <inheritdoc/>
    public (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState? initial)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        return FusedLstmFunction.Run(new CpuLstmRun(cell, input), cell, input, initial);
    }
}
