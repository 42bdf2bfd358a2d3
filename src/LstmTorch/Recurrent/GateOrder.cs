using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>
/// The order of the gates in every tensor whose rows are 4·H: i, f, g, o, as PyTorch's. Stated here and nowhere else;
/// exporters to other orders start from it.
/// </summary>
public static class GateOrder
{
    /// <summary>How many gates there are.</summary>
    public const int Count = 4;

    /// <summary>The input gate i.</summary>
    public const int Input = 0;

    /// <summary>The forget gate f.</summary>
    public const int Forget = 1;

    /// <summary>The candidate g, c̃ in print.</summary>
    public const int Candidate = 2;

    /// <summary>The output gate o.</summary>
    public const int Output = 3;

    /// <summary>Views of the four gates of a tensor whose last dimension is 4·H, each H wide.</summary>
    public static (Tensor I, Tensor F, Tensor G, Tensor O) Split(Tensor gates)
    {
        ArgumentNullException.ThrowIfNull(gates);
        Tensor[] parts = gates.chunk(Count, dim: -1);
        return (parts[Input], parts[Forget], parts[Candidate], parts[Output]);
    }

    /// <summary>A view of one gate's rows of a weight [4·H, …] or bias [4·H].</summary>
    public static Tensor Rows(Tensor weight, int gate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long hiddenSize = weight.shape[0] / Count;
        return weight.narrow(0, gate * hiddenSize, hiddenSize);
    }
}
