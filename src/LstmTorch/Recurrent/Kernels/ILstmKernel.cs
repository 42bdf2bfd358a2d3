using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>A way to run a cell over a whole sequence. All kernels compute the equations of <see cref="PeepholeLstmCell"/>.</summary>
public interface ILstmKernel
{
    /// <summary>The name by which the kernel is listed and forced: reference, cpu, cuda.</summary>
    string Name { get; }

    /// <summary>Null if the kernel can run this cell on this input, otherwise the reason why not.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="input">The input, [T, B, D]; only its type and device count.</param>
    string? Refuses(PeepholeLstmCell cell, Tensor input);

    /// <summary>Runs the cell over time; gradients flow to the input, the initial state and every parameter.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="input">x, [T, B, D] with T at least 1; any strides.</param>
    /// <param name="initial">h_0 and c_0, [B, H] each; null for zeros.</param>
    /// <returns>h_1 … h_T as [T, B, H], and the state after the last step.</returns>
    (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState? initial);
}
