using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The bridge between autograd and the fused kernels: a whole sequence is one node of the graph.</summary>
/// <remarks>
/// Arguments: the cell, then x, h_0, c_0 and the seven parameters, null where the cell has none. Outputs: y, h_n, c_n.
/// A second derivative is asked for by enabling gradients in the backward pass; it is computed by the reference kernel.
/// </remarks>
internal sealed class FusedLstmFunction : autograd.MultiTensorFunction<FusedLstmFunction>
{
    private const string Run = "run";
    private const string Cell = "cell";
    private const int Inputs = 3, Weights = 7;

    private static ExceptionDispatchInfo? s_pending;

    /// <inheritdoc/>
    public override string Name => nameof(FusedLstmFunction);

    /// <summary>Throws what a backward pass could not: an exception that left it would end the process.</summary>
    public static void ThrowPending() => Interlocked.Exchange(ref s_pending, null)?.Throw();

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var cell = (PeepholeLstmCell)vars[0];
        Tensor[] tensors = [.. vars.Skip(1).Select(argument => (Tensor)argument)];
        Tensor input = tensors[0], kept = FusedLstmRun.Keep(cell, input);
        var run = new FusedLstmRun(cell, input, kept);
        var (y, last) = run.Forward(input, new LstmState(tensors[1], tensors[2]), tensors[Inputs..]);
        ctx.set_materialize_grads(false);
        ctx.save_data(Run, run);
        ctx.save_data(Cell, cell);
        ctx.save_for_backward([.. tensors, kept]);
        return [y, last.Hidden, last.Cell];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        try
        {
            Tensor?[] gradients = [.. grad_outputs.Select(gradient => gradient.IsInvalid ? null : gradient)];
            Tensor?[] saved = [.. ctx.get_saved_variables()];
            return is_grad_enabled()
                ? Differentiable((PeepholeLstmCell)ctx.get_data(Cell), saved, gradients)
                : Fused((FusedLstmRun)ctx.get_data(Run), saved, gradients);
        }
#pragma warning disable CA1031 // Thrown again by the next forward pass; see ThrowPending.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.Exchange(ref s_pending, ExceptionDispatchInfo.Capture(error));
            return [.. Enumerable.Repeat<Tensor>(null!, 1 + Inputs + Weights)];
        }
    }

    private static List<Tensor> Fused(FusedLstmRun run, Tensor?[] saved, Tensor?[] gradients)
    {
        var (dx, dh0, dc0, weights) = run.Backward(
            saved[Inputs..(Inputs + Weights)], gradients[0], gradients[1], gradients[2], wantsInput: saved[0]!.requires_grad);
        GC.KeepAlive(saved);
        return [null!, dx!, dh0, dc0, .. weights.Select(weight => weight!)];
    }

    /// <summary>The same gradients by the reference kernel, with a graph of their own.</summary>
    private static List<Tensor> Differentiable(PeepholeLstmCell cell, Tensor?[] saved, Tensor?[] gradients)
    {
        Tensor recurrent = saved[Inputs + 1]!, now = cell.Recurrent;
        cell.Recurrent = recurrent;
        var (y, last) = new ReferenceKernel().Forward(cell, saved[0]!, new LstmState(saved[1]!, saved[2]!));
        cell.Recurrent = now;
        Tensor[] outputs = [y, last.Hidden, last.Cell];
        int[] given = [.. Enumerable.Range(0, outputs.Length).Where(n => gradients[n] is not null)];

        // The parameters themselves, not their saved twins: the reference kernel's graph leads to them. Dropout may have changed the recurrent weights.
        Tensor?[] sources =
        [
            saved[0], saved[1], saved[2], cell.weight_ih, recurrent, cell.bias, cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co,
        ];
        int[] wanted = [.. Enumerable.Range(0, sources.Length).Where(n => sources[n] is { requires_grad: true })];
        IList<Tensor> found = autograd.grad(
            [.. given.Select(n => outputs[n])],
            [.. wanted.Select(n => sources[n]!)],
            [.. given.Select(n => gradients[n]!)],
            retain_graph: true,
            create_graph: true,
            allow_unused: true);
        var result = new Tensor[1 + Inputs + Weights];
        for (int n = 0; n < wanted.Length; n++)
            result[1 + wanted[n]] = found[n];
        return [.. result];
    }
}
