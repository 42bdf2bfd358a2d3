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
    public (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState initial)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        LibTorch.Load();
        FusedLstmFunction.ThrowPending();
        Tensor?[] weights = [cell.weight_ih, cell.Recurrent, cell.bias, cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co];
        Tensor[] sources = [input, initial.Hidden, initial.Cell, .. weights.OfType<Tensor>()];
        if (is_grad_enabled() && Array.Exists(sources, source => source.requires_grad))
        {
            List<Tensor> outputs = FusedLstmFunction.apply([cell, input, initial.Hidden, initial.Cell, .. weights!]);
            return (outputs[0], new LstmState(outputs[1], outputs[2]));
        }

        using var scope = NewDisposeScope();
        var (y, last) = new FusedLstmRun(cell, input, kept: null).Forward(input, initial, weights);
        return (y.MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }
}
