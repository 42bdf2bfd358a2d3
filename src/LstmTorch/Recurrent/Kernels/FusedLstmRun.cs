using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>One pass of a fused kernel over a sequence, and the backward passes that follow it.</summary>
/// <remarks>
/// What the forward pass keeps is handed to the caller: autograd frees it with the graph, as a garbage collector would do too late.
/// </remarks>
internal abstract class FusedLstmRun
{
    /// <summary>Computes y, h_n and c_n; once.</summary>
    /// <param name="input">x, [T, B, D].</param>
    /// <param name="initial">h_0 and c_0, [B, H].</param>
    /// <param name="weights">The parameters in the order of <see cref="PeepholeLstmCell"/>'s fields; null where the cell has none.</param>
    /// <param name="keep">Whether a backward pass may follow.</param>
    public abstract FusedOutputs Forward(Tensor input, LstmState initial, Tensor?[] weights, bool keep);

    /// <summary>Computes the gradients of x, h_0 and c_0, and of each weight that the cell has; any number of times.</summary>
    /// <param name="weights">The parameters, as they were in the forward pass.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="dy">dL/dy, [T, B, H]; null for zeros.</param>
    /// <param name="dhn">dL/dh_n, [B, H]; null for zeros.</param>
    /// <param name="dcn">dL/dc_n, [B, H]; null for zeros.</param>
    /// <param name="wantsInput">Whether dL/dx is wanted.</param>
    public abstract FusedGradients Backward(
        Tensor?[] weights, ReadOnlySpan<Tensor> kept, Tensor? dy, Tensor? dhn, Tensor? dcn, bool wantsInput);
}

/// <summary>What a forward pass computes.</summary>
/// <param name="Output">y, [T, B, H].</param>
/// <param name="Last">h_n and c_n, [B, H].</param>
/// <param name="Kept">What its backward pass needs beside inputs and weights; empty if there will be none.</param>
internal readonly record struct FusedOutputs(Tensor Output, LstmState Last, Tensor[] Kept);

/// <summary>What a backward pass computes.</summary>
/// <param name="Input">dL/dx, [T, B, D]; null if it is not wanted.</param>
/// <param name="Hidden">dL/dh_0, [B, H].</param>
/// <param name="Cell">dL/dc_0, [B, H].</param>
/// <param name="Weights">Of each weight, in its shape; null where the cell has none.</param>
internal readonly record struct FusedGradients(Tensor? Input, Tensor Hidden, Tensor Cell, Tensor?[] Weights);
