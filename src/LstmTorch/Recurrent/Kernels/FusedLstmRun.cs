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
    /// <param name="initial">h_0 and c_0, [B, H]; null for zeros.</param>
    /// <param name="weights">The parameters in the order of <see cref="PeepholeLstmCell"/>'s fields; null where the cell has none.</param>
    /// <param name="keep">Whether a backward pass may follow.</param>
    public abstract FusedOutputs Forward(Tensor input, LstmState? initial, Tensor?[] weights, bool keep);

    /// <summary>Computes the gradients of x, h_0 and c_0, and of each weight that the cell has; any number of times.</summary>
    /// <param name="weights">The parameters, as they were in the forward pass.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="dy">dL/dy, [T, B, H]; null for zeros.</param>
    /// <param name="dhn">dL/dh_n, [B, H]; null for zeros.</param>
    /// <param name="dcn">dL/dc_n, [B, H]; null for zeros.</param>
    /// <param name="wanted">What is wanted.</param>
    public abstract FusedGradients Backward(Tensor?[] weights, ReadOnlySpan<Tensor> kept, Tensor? dy, Tensor? dhn, Tensor? dcn, in WantedGradients wanted);
}

/// <summary>Which gradients a backward pass is to compute beside those of the weights, and where it may leave these.</summary>
/// <param name="Input">Whether dL/dx is wanted.</param>
/// <param name="State">Whether dL/dh_0 and dL/dc_0 are wanted.</param>
/// <param name="Sums">
/// What the weights' gradients may be added to, in the order of the weights; null for one that there is nothing for. What a run has added, it does not return.
/// </param>
internal readonly record struct WantedGradients(bool Input, bool State, Tensor?[]? Sums = null);

/// <summary>What a forward pass computes.</summary>
/// <param name="Output">y, [T, B, H].</param>
/// <param name="Last">h_n and c_n, [B, H].</param>
/// <param name="Kept">What its backward pass needs beside inputs and weights; empty if there will be none.</param>
internal readonly record struct FusedOutputs(Tensor Output, LstmState Last, Tensor[] Kept);

/// <summary>What a backward pass computes.</summary>
/// <param name="Input">dL/dx, [T, B, D]; null if it is not wanted.</param>
/// <param name="Hidden">dL/dh_0, [B, H]; null if it is not wanted.</param>
/// <param name="Cell">dL/dc_0, [B, H]; null if it is not wanted.</param>
/// <param name="Weights">Of each weight, in its shape; null where the cell has none, and where it was added to a sum.</param>
internal readonly record struct FusedGradients(Tensor? Input, Tensor? Hidden, Tensor? Cell, Tensor?[] Weights);
