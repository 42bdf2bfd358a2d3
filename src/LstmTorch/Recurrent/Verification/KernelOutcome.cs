using LstmTorch.Recurrent.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>What a kernel makes of a case: outputs and gradients.</summary>
internal static class KernelOutcome
{
    /// <summary>Runs the layers of a case through one kernel, forward and backward.</summary>
    /// <param name="case">The case.</param>
    /// <param name="kernel">The kernel; it must serve the case.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="precision">The precision of matrix products.</param>
    /// <returns>
    /// output [B, T, H], h_n and c_n [L, B, H], and the gradients under names such as grad input and grad weight_ih_l0; null where
    /// there is none. All belong to the current dispose scope.
    /// </returns>
    public static IReadOnlyDictionary<string, Tensor?> Of(
        ReferenceCase @case, ILstmKernel kernel, ScalarType dtype, Device device, MatrixPrecision precision)
    {
        using var scope = NewDisposeScope();
        Tensor Load(Tensor value) => value.to(dtype, device).detach().clone();
        PeepholeLstmCell[] layers = [.. Enumerable.Range(0, @case.Layers).Select(k => Layer(@case, k, dtype, device, precision))];
        Tensor x = Load(@case.Value("input")).requires_grad_();
        Tensor h0 = Load(@case.Value("h_0")).requires_grad_();
        Tensor c0 = Load(@case.Value("c_0")).requires_grad_();

        Tensor sequence = x.transpose(0, 1);
        var last = new List<LstmState>();
        foreach (var (cell, initial) in layers.Zip(new LstmState(h0, c0).Unstack()))
        {
            var (output, end) = kernel.Forward(cell, sequence, initial);
            sequence = output;
            last.Add(end);
        }

        Tensor y = sequence.transpose(0, 1);
        LstmState state = LstmState.Stack(last);
        Tensor loss = (y * Load(@case.Value("grad_y"))).sum() + (state.Hidden * Load(@case.Value("grad_h_n"))).sum()
            + (state.Cell * Load(@case.Value("grad_c_n"))).sum();
        loss.backward();

        var outcome = new Dictionary<string, Tensor?>
        {
            ["output"] = y.detach(),
            ["h_n"] = state.Hidden.detach(),
            ["c_n"] = state.Cell.detach(),
            ["grad input"] = x.grad,
            ["grad h_0"] = h0.grad,
            ["grad c_0"] = c0.grad,
        };
        for (int k = 0; k < layers.Length; k++)
        {
            foreach (var (name, parameter) in layers[k].named_parameters())
                outcome.Add($"grad {name}_l{k}", parameter.grad);
        }

        foreach (Tensor? tensor in outcome.Values)
            tensor?.MoveToOuterDisposeScope();

        // The results are not read yet: only then does a device tell what went wrong.
        using (Tensor read = loss.cpu())
            FusedLstmFunction.ThrowPending();
        return outcome;
    }

    private static PeepholeLstmCell Layer(ReferenceCase @case, int k, ScalarType dtype, Device device, MatrixPrecision precision)
    {
        long inputs = k == 0 ? @case.InputSize : @case.HiddenSize;
        var cell = new PeepholeLstmCell(inputs, @case.HiddenSize, @case.Peephole, dtype, device) { Precision = precision };
        using var noGradient = no_grad();
        IReadOnlyDictionary<string, Tensor> weights = @case.Weights(k);
        foreach (var (name, parameter) in cell.named_parameters())
            parameter.copy_(weights[name]);
        return cell;
    }
}
