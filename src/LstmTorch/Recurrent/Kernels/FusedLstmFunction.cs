using System.Runtime.ExceptionServices;
using LstmTorch.Recurrent.Kernels.Cuda;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The bridge between autograd and the fused kernels: a whole sequence is one node of the graph.</summary>
/// <remarks>
/// Arguments: the pass, then x, h_0, c_0 and the seven parameters, null where there is none. Outputs: y, h_n, c_n.
/// A second derivative is asked for by enabling gradients in the backward pass; it is computed by the reference kernel.
/// Where the backward pass adds to the parameters' grad itself (<see cref="PeepholeLstmCell.AccumulatesGradients"/>), one parameter stands
/// for all of them: autograd's own way costs a tensor and a kernel or two for each.
/// </remarks>
internal sealed class FusedLstmFunction : autograd.MultiTensorFunction<FusedLstmFunction>
{
    private const string PassKey = "pass";
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
    public static (Tensor Output, LstmState Last) Run(FusedLstmRun run, PeepholeLstmCell cell, Tensor input, LstmState? initial)
    {
        LibTorch.Load();
        ThrowPending();
        Tensor?[] weights = [cell.weight_ih, cell.Recurrent, cell.bias, cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co];
        Tensor? h0 = initial?.Hidden, c0 = initial?.Cell;
        Tensor?[] sources = [input, h0, c0, .. weights];
        if (is_grad_enabled() && Array.Exists(sources, source => source is { requires_grad: true }))
        {
            Tensor? representative = cell.AccumulatesGradients ? Array.Find(weights, weight => weight is { requires_grad: true }) : null;

            // What dropout leaves of a weight is not a parameter: its gradient goes on to the weight.
            bool accumulates = representative is not null && ReferenceEquals(cell.Recurrent, cell.weight_hh);
            var pass = new Pass(run, cell, accumulates ? weights : null, h0 is { requires_grad: true } || c0 is { requires_grad: true });
            List<Tensor> outputs = apply([pass, input, h0!, c0!, .. accumulates ? [representative!] : weights!]);
            return (outputs[0], new LstmState(outputs[1], outputs[2]));
        }

        using var scope = NewDisposeScope();
        var (y, last, _) = run.Forward(input, initial, weights, keep: false);
        return (y.MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var pass = (Pass)vars[0];
        Tensor[] tensors = [.. vars.Skip(1).Select(argument => (Tensor)argument)];
        var (y, last, kept) = pass.Run.Forward(tensors[0], State(tensors[1], tensors[2]), pass.Weights ?? tensors[Inputs..], keep: true);
        ctx.set_materialize_grads(false);
        ctx.save_data(PassKey, pass);
        ctx.save_for_backward(pass.Weights is null ? [.. tensors, .. kept] : [tensors[0], .. kept]);
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
            var pass = (Pass)ctx.get_data(PassKey);
            List<Tensor> result = (is_grad_enabled(), pass.Weights) switch
            {
                (false, null) => Fused(pass, [.. saved], gradients),
                (false, { } weights) => Accumulated(pass, weights, [.. saved], gradients),
                (true, null) => Differentiable(pass.Cell, [.. saved], gradients),
                _ => throw new InvalidOperationException("A second derivative needs autograd to see every gradient: set AccumulatesGradients to false."),
            };
            t_returned = result;
            return result;
        }
#pragma warning disable CA1031 // Thrown again by the next forward pass; see ThrowPending.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.Exchange(ref s_pending, ExceptionDispatchInfo.Capture(error));
            return [.. Enumerable.Repeat<Tensor>(null!, 1 + Inputs + Weights)];
        }
        finally
        {
            // Autograd's thread for a CUDA device has no dispose scope: what is not released here would wait for the garbage collector.
            Release(saved);
            Release(grad_outputs);
        }
    }

    private static LstmState? State(Tensor? h0, Tensor? c0) => h0 is null || c0 is null ? null : new LstmState(h0, c0);

    private static void Release(List<Tensor>? tensors)
    {
        foreach (Tensor? tensor in tensors ?? [])
            tensor?.Dispose();
    }

    private static List<Tensor> Fused(Pass pass, Tensor?[] saved, Tensor?[] gradients)
    {
        const int kept = Inputs + Weights;
        var (dx, dh0, dc0, weights) = pass.Run.Backward(
            saved[Inputs..kept], saved.AsSpan(kept)!, gradients[0], gradients[1], gradients[2], new WantedGradients(saved[0]!.requires_grad, pass.WantsState));
        GC.KeepAlive(saved);
        return [null!, dx!, dh0!, dc0!, .. weights.Select(weight => weight!)];
    }

    /// <summary>The same, but that the gradients of the parameters are in their grad, and nothing is left for autograd to add there.</summary>
    private static List<Tensor> Accumulated(Pass pass, Tensor?[] weights, Tensor?[] saved, Tensor?[] gradients)
    {
        Tensor?[] sums = [.. weights.Select(weight => weight is { requires_grad: true } ? weight.grad : null)];
        var (dx, dh0, dc0, added) = pass.Run.Backward(
            weights, saved.AsSpan(1)!, gradients[0], gradients[1], gradients[2], new WantedGradients(saved[0]!.requires_grad, pass.WantsState, sums));
        GC.KeepAlive(saved);
        for (int n = 0; n < weights.Length; n++)
        {
            using Tensor? sum = sums[n], gradient = added[n];
            if (gradient is null || weights[n] is not { requires_grad: true } weight)
                continue;
            if (sum is null)
                weight.grad = gradient;
            else
                sum.add_(gradient);
        }

        return [null!, dx!, dh0!, dc0!, null!];
    }

    /// <summary>The same gradients by the reference kernel, with a graph of their own.</summary>
    private static List<Tensor> Differentiable(PeepholeLstmCell cell, Tensor?[] saved, Tensor?[] gradients)
    {
        Tensor recurrent = saved[Inputs + 1]!, now = cell.Recurrent;
        cell.Recurrent = recurrent;
        var (y, last) = new ReferenceKernel().Forward(cell, saved[0]!, State(saved[1], saved[2]));
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

    /// <summary>What a node remembers beside tensors.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Cell">The cell.</param>
    /// <param name="Weights">The parameters, if the backward pass adds to their grad; null if it returns their gradients.</param>
    /// <param name="WantsState">Whether the initial state gets gradients.</param>
    private sealed record Pass(FusedLstmRun Run, PeepholeLstmCell Cell, Tensor?[]? Weights, bool WantsState);
}
