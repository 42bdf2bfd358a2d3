using System.Runtime.ExceptionServices;
using LstmTorch.Recurrent.Kernels.Cuda;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The bridge between autograd and the fused kernels: a whole sequence is one node of the graph.</summary>
/// <remarks>
/// Arguments: the cell, the run, then x, h_0, c_0 and the seven parameters, null where the cell has none. Outputs: y, h_n, c_n.
/// A second derivative is asked for by enabling gradients in the backward pass; it is computed by the reference kernel.
/// </remarks>
internal sealed class FusedLstmFunction : autograd.MultiTensorFunction<FusedLstmFunction>
{
    private const string RunKey = "run";
    private const string CellKey = "cell";
    private const int Inputs = 3, Weights = 7;

    private static ExceptionDispatchInfo? s_pending;

    /// <summary>What the last backward pass of this thread gave to autograd, which reads it only after that pass has returned.</summary>
    [ThreadStatic]
    private static List<Tensor>? t_returned;

    /// <inheritdoc/>
    public override string Name => nameof(FusedLstmFunction);

    /// <summary>Throws what could not be thrown when it happened: an exception that left a backward pass would end the process.</summary>
    /// <remarks>A device may report a loss until its results are read; ask again after that.</remarks>
    public static void ThrowPending()
    {
        Interlocked.Exchange(ref s_pending, null)?.Throw();
        LostExchange.ThrowIfAny();
    }

    /// <summary>Runs a cell over a sequence, as a node of the graph where something requires a gradient.</summary>
    public static (Tensor Output, LstmState Last) Run(FusedLstmRun run, PeepholeLstmCell cell, Tensor input, LstmState initial)
    {
        LibTorch.Load();
        ThrowPending();
        Tensor?[] weights = [cell.weight_ih, cell.weight_hh, cell.bias, cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co];
        Tensor[] sources = [input, initial.Hidden, initial.Cell, .. weights.OfType<Tensor>()];
        if (is_grad_enabled() && Array.Exists(sources, source => source.requires_grad))
        {
            List<Tensor> outputs = apply([cell, run, input, initial.Hidden, initial.Cell, .. weights!]);
            return (outputs[0], new LstmState(outputs[1], outputs[2]));
        }

        using var scope = NewDisposeScope();
        var (y, last, _) = run.Forward(input, initial, weights, keep: false);
        return (y.MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (FusedLstmRun)vars[1];
        Tensor[] tensors = [.. vars.Skip(2).Select(argument => (Tensor)argument)];
        var (y, last, kept) = run.Forward(tensors[0], new LstmState(tensors[1], tensors[2]), tensors[Inputs..], keep: true);
        ctx.set_materialize_grads(false);
        ctx.save_data(RunKey, run);
        ctx.save_data(CellKey, vars[0]);
        ctx.save_for_backward([.. tensors, .. kept]);
        return [y, last.Hidden, last.Cell];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        Release(t_returned);
        t_returned = null;
        List<Tensor> saved = [];
        try
        {
            Tensor?[] gradients = [.. grad_outputs.Select(gradient => gradient.IsInvalid ? null : gradient)];
            saved = ctx.get_saved_variables();
            List<Tensor> result = is_grad_enabled()
                ? Differentiable((PeepholeLstmCell)ctx.get_data(CellKey), [.. saved], gradients)
                : Fused((FusedLstmRun)ctx.get_data(RunKey), [.. saved], gradients);
            t_returned = result;
            return result;
        }
#pragma warning disable CA1031 // Thrown again by the next forward pass; see ThrowPending.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.Exchange(ref s_pending, ExceptionDispatchInfo.Capture(error));
            return [.. Enumerable.Repeat<Tensor>(null!, 2 + Inputs + Weights)];
        }
        finally
        {
            // Autograd's thread for a CUDA device has no dispose scope: what is not released here would wait for the garbage collector.
            Release(saved);
            Release(grad_outputs);
        }
    }

    private static void Release(List<Tensor>? tensors)
    {
        foreach (Tensor? tensor in tensors ?? [])
            tensor?.Dispose();
    }

    private static List<Tensor> Fused(FusedLstmRun run, Tensor?[] saved, Tensor?[] gradients)
    {
        const int kept = Inputs + Weights;
        var (dx, dh0, dc0, weights) = run.Backward(
            saved[Inputs..kept], saved.AsSpan(kept)!, gradients[0], gradients[1], gradients[2], wantsInput: saved[0]!.requires_grad);
        GC.KeepAlive(saved);
        return [null!, null!, dx!, dh0, dc0, .. weights.Select(weight => weight!)];
    }

    /// <summary>The same gradients by the reference kernel, with a graph of their own.</summary>
    private static List<Tensor> Differentiable(PeepholeLstmCell cell, Tensor?[] saved, Tensor?[] gradients)
    {
        var (y, last) = new ReferenceKernel().Forward(cell, saved[0]!, new LstmState(saved[1]!, saved[2]!));
        Tensor[] outputs = [y, last.Hidden, last.Cell];
        int[] given = [.. Enumerable.Range(0, outputs.Length).Where(n => gradients[n] is not null)];

        // The parameters themselves, not their saved twins: the reference kernel's graph leads to them.
        Tensor?[] sources =
        [
            saved[0], saved[1], saved[2], cell.weight_ih, cell.weight_hh, cell.bias, cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co,
        ];
        int[] wanted = [.. Enumerable.Range(0, sources.Length).Where(n => sources[n] is { requires_grad: true })];
        IList<Tensor> found = autograd.grad(
            [.. given.Select(n => outputs[n])],
            [.. wanted.Select(n => sources[n]!)],
            [.. given.Select(n => gradients[n]!)],
            retain_graph: true,
            create_graph: true,
            allow_unused: true);
        var result = new Tensor[2 + Inputs + Weights];
        for (int n = 0; n < wanted.Length; n++)
            result[2 + wanted[n]] = found[n];
        return [.. result];
    }
}
