using LstmTorch.Recurrent.Kernels.Cuda;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The bridge between autograd and the fused kernels: a whole sequence is one node of the graph.</summary>
/// <remarks>
/// Its inputs: x, h_0, c_0 and the seven parameters. Its outputs: y, h_n, c_n.
/// A second derivative is asked for by enabling gradients in the backward pass; it is computed by the reference kernel.
/// Where the backward pass adds to the parameters' grad itself (<see cref="PeepholeLstmCell.AccumulatesGradients"/>), one parameter stands
/// for all of them: autograd's own way costs a tensor and a kernel or two for each.
/// </remarks>
internal sealed class FusedLstmFunction : IDerivative
{
    private const int Inputs = 3, Weights = 7;

    private readonly FusedLstmRun _run;
    private readonly PeepholeLstmCell _cell;
    private readonly Tensor?[]? _accumulating;
    private readonly bool _wantsInput, _wantsState;

    /// <summary>Prepares a pass.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="accumulating">The parameters, if the backward pass adds to their grad; null if it returns their gradients.</param>
    /// <param name="wantsInput">Whether x gets a gradient.</param>
    /// <param name="wantsState">Whether the initial state gets gradients.</param>
    private FusedLstmFunction(FusedLstmRun run, PeepholeLstmCell cell, Tensor?[]? accumulating, bool wantsInput, bool wantsState) =>
        (_run, _cell, _accumulating, _wantsInput, _wantsState) = (run, cell, accumulating, wantsInput, wantsState);

    /// <summary>Throws what could not be thrown when it happened, in a backward pass.</summary>
    /// <remarks>A device may report a loss until its results are read; ask again after that.</remarks>
    public static void ThrowPending()
    {
        GraphNode.ThrowPending();
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
        bool inGraph = GraphNode.IsWanted(sources);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (y, last, kept) = run.Forward(input, initial, weights, keep: inGraph);
        if (inGraph)
        {
            Tensor? representative = cell.AccumulatesGradients ? Array.Find(weights, weight => weight is { requires_grad: true }) : null;

            // What dropout leaves of a weight is not a parameter: its gradient goes on to the weight.
            bool accumulates = representative is not null && ReferenceEquals(cell.Recurrent, cell.weight_hh);
            var derivative = new FusedLstmFunction(
                run, cell, accumulates ? weights : null, input.requires_grad, h0 is { requires_grad: true } || c0 is { requires_grad: true });
            Tensor[] outputs = GraphNode.Record(
                derivative,
                accumulates ? [input, h0, c0, representative] : sources,
                [y, last.Hidden, last.Cell],
                [.. sources, .. kept]);
            (y, last) = (outputs[0], new LstmState(outputs[1], outputs[2]));
        }

        return (y.MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public Tensor?[] Backward(Tensor?[] saved, Tensor?[] gradients) => (is_grad_enabled(), _accumulating) switch
    {
        (false, null) => Fused(saved, gradients),
        (false, { } weights) => Accumulated(weights, saved, gradients),
        (true, null) => Differentiable(saved, gradients),
        _ => throw new InvalidOperationException("A second derivative needs autograd to see every gradient: set AccumulatesGradients to false."),
    };

    private static LstmState? State(Tensor? h0, Tensor? c0) => h0 is null || c0 is null ? null : new LstmState(h0, c0);

    private Tensor?[] Fused(Tensor?[] saved, Tensor?[] gradients)
    {
        const int kept = Inputs + Weights;
        var (dx, dh0, dc0, weights) = _run.Backward(
            saved[Inputs..kept], saved.AsSpan(kept)!, gradients[0], gradients[1], gradients[2], new WantedGradients(_wantsInput, _wantsState));
        return [dx, dh0, dc0, .. weights];
    }

    /// <summary>The same, but that the gradients of the parameters are in their grad, and nothing is left for autograd to add there.</summary>
    private Tensor?[] Accumulated(Tensor?[] weights, Tensor?[] saved, Tensor?[] gradients)
    {
        const int kept = Inputs + Weights;
        using Lock.Scope oneAtATime = _cell.Accumulation.EnterScope();
        Tensor?[] sums = [.. weights.Select(weight => weight is { requires_grad: true } ? weight.grad : null)];
        var (dx, dh0, dc0, added) = _run.Backward(
            saved[Inputs..kept], saved.AsSpan(kept)!, gradients[0], gradients[1], gradients[2], new WantedGradients(_wantsInput, _wantsState, sums));
        for (int n = 0; n < weights.Length; n++)
        {
            using Tensor? sum = sums[n], gradient = added[n];
            if (gradient is null || weights[n] is not { requires_grad: true } weight)
                continue;
            if (sum is null)
                weight.grad = gradient;
            else
                sum.add_(gradient, HeldScalars.One);
        }

        return [dx, dh0, dc0, null];
    }

    /// <summary>The same gradients by the reference kernel, with a graph of their own.</summary>
    private Tensor?[] Differentiable(Tensor?[] saved, Tensor?[] gradients)
    {
        Tensor recurrent = saved[Inputs + 1]!;
        var (y, last) = Reference(recurrent, saved[0]!, State(saved[1], saved[2]));
        Tensor[] outputs = [y, last.Hidden, last.Cell];
        int[] given = [.. Enumerable.Range(0, outputs.Length).Where(n => gradients[n] is not null)];

        // The parameters themselves, not their saved twins: the reference kernel's graph leads to them. Dropout may have changed the recurrent weights.
        Tensor?[] sources =
        [
            saved[0], saved[1], saved[2], _cell.weight_ih, recurrent, _cell.bias, _cell.weight_ci, _cell.weight_cf, _cell.weight_cc, _cell.weight_co,
        ];
        int[] wanted = [.. Enumerable.Range(0, sources.Length).Where(n => sources[n] is { requires_grad: true })];
        IList<Tensor> found = autograd.grad(
            [.. given.Select(n => outputs[n])],
            [.. wanted.Select(n => sources[n]!)],
            [.. given.Select(n => gradients[n]!)],
            retain_graph: true,
            create_graph: true,
            allow_unused: true);
        var result = new Tensor?[sources.Length];
        for (int n = 0; n < wanted.Length; n++)
            result[wanted[n]] = found[n].IsInvalid ? null : found[n];
        return result;
    }

    private (Tensor Output, LstmState Last) Reference(Tensor recurrent, Tensor input, LstmState? initial)
    {
        Tensor now = _cell.Recurrent;
        _cell.Recurrent = recurrent;
        try
        {
            return new ReferenceKernel().Forward(_cell, input, initial);
        }
        finally
        {
            _cell.Recurrent = now;
        }
    }
}
