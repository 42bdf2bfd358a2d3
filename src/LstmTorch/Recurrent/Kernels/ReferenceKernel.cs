using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>Steps the cell through time with plain tensor operations: slow, obvious, and what the others are held against.</summary>
/// <remarks>Serves every device, type and variant, and differentiates any number of times.</remarks>
public sealed class ReferenceKernel : ILstmKernel
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public string? Refuses(PeepholeLstmCell cell, Tensor input) => null;

    /// <inheritdoc/>
    public (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState? initial)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();

        // The projection of all steps is one matrix product. Its steps are taken by unbind: autograd would answer each
        // select with a gradient the size of the whole sequence, quadratic in T.
        Tensor[] projected = cell.ProjectInput(input).unbind(0);
        var hidden = new List<Tensor>(projected.Length);
        LstmState state = initial ?? LstmState.Zeros(input.shape[1], cell.HiddenSize, input.dtype, input.device);
        foreach (Tensor x in projected)
        {
            state = cell.Step(x, state);
            hidden.Add(state.Hidden);
        }

        return (stack(hidden).MoveToOuterDisposeScope(), state.MoveToOuterDisposeScope());
    }
}
