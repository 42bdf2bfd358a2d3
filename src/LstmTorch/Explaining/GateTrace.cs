using LstmTorch.Recurrent;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Explaining;

/// <summary>What one layer does over sequences: its states, its gates, and the terms of the sums from which each gate comes.</summary>
/// <param name="Hidden">h_1 … h_T, [T, B, H].</param>
/// <param name="Cell">c_1 … c_T, [T, B, H].</param>
/// <param name="Gates">i, f, g and o in <see cref="GateOrder"/>, each [T, B, H].</param>
/// <param name="Terms">For each gate W_x x, W_h h, W_c c (null where the gate does not see the cell) and b.</param>
internal sealed record GateTrace(Tensor Hidden, Tensor Cell, IReadOnlyList<Tensor> Gates, IReadOnlyList<GateTerms> Terms)
{
    /// <summary>Runs a layer from zero states; all tensors are owned by the caller's dispose scope.</summary>
    /// <param name="cell">The layer.</param>
    /// <param name="input">x, [T, B, D].</param>
    public static GateTrace Of(PeepholeLstmCell cell, Tensor input)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        long steps = input.shape[0];
        LstmState state = LstmState.Zeros(input.shape[1], cell.HiddenSize, input.dtype, input.device);
        List<Tensor> hidden = [state.Hidden], cells = [state.Cell];
        Tensor projected = cell.ProjectInput(input);
        for (int step = 0; step < steps; step++)
        {
            state = cell.Step(projected[step], state);
            hidden.Add(state.Hidden);
            cells.Add(state.Cell);
        }

        Tensor h = stack(hidden), c = stack(cells), before = c.narrow(0, 0, steps), after = c.narrow(0, 1, steps);
        Tensor[] ofInput = nn.functional.linear(input, cell.weight_ih).chunk(GateOrder.Count, -1);
        Tensor[] ofHidden = nn.functional.linear(h.narrow(0, 0, steps), cell.weight_hh).chunk(GateOrder.Count, -1);
        Tensor[] bias = cell.bias.chunk(GateOrder.Count);

        // As in the equations: all gates look at the cell before the step, but the output gate at the one after it.
        (Parameter? Weight, Tensor Cell)[] peepholes = [(cell.weight_ci, before), (cell.weight_cf, before), (cell.weight_cc, before), (cell.weight_co, after)];
        GateTerms[] terms = [.. peepholes.Select((peephole, gate) => new GateTerms(ofInput[gate], ofHidden[gate], cell.OfCell(peephole.Weight, peephole.Cell), bias[gate]))];
        Tensor[] gates = [.. terms.Select((term, gate) => gate == GateOrder.Candidate ? term.Sum().tanh() : term.Sum().sigmoid())];
        Tensor Kept(Tensor value) => value.MoveToOuterDisposeScope();
        return new GateTrace(
            Kept(h.narrow(0, 1, steps)),
            Kept(after),
            [.. gates.Select(Kept)],
            [.. terms.Select(term => new GateTerms(Kept(term.Input), Kept(term.Recurrent), term.Peephole is null ? null : Kept(term.Peephole), Kept(term.Bias)))]);
    }
}

/// <summary>The terms of one gate's sum.</summary>
/// <param name="Input">W_x x, [T, B, H].</param>
/// <param name="Recurrent">W_h h, [T, B, H].</param>
/// <param name="Peephole">W_c c, [T, B, H]; null where the gate does not see the cell.</param>
/// <param name="Bias">b, [H].</param>
internal readonly record struct GateTerms(Tensor Input, Tensor Recurrent, Tensor? Peephole, Tensor Bias)
{
    /// <summary>The sum, of which the gate is the logistic function, and the candidate the hyperbolic tangent.</summary>
    public Tensor Sum()
    {
        Tensor sum = Input.add(Recurrent, alpha: HeldScalars.One).add(Bias, alpha: HeldScalars.One);
        return Peephole is null ? sum : sum.add(Peephole, alpha: HeldScalars.One);
    }
}
