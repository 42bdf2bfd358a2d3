using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>The state of one layer: what it passes on from one time step to the next. Named, so that h and c are never swapped.</summary>
/// <param name="Hidden">h, the layer's output, [B, H].</param>
/// <param name="Cell">c, the layer's memory, [B, H].</param>
public readonly record struct LstmState(Tensor Hidden, Tensor Cell)
{
    /// <summary>The state before the first step: zeros, [B, H] each.</summary>
    public static LstmState Zeros(long batch, long hiddenSize, ScalarType dtype, Device device) =>
        new(zeros(batch, hiddenSize, dtype: dtype, device: device), zeros(batch, hiddenSize, dtype: dtype, device: device));

    /// <summary>Joins the states of layers of equal width into h_n and c_n, [L, B, H] each, as <c>nn.LSTM</c> returns them.</summary>
    public static LstmState Stack(IReadOnlyList<LstmState> layers) =>
        new(stack(layers.Select(state => state.Hidden)), stack(layers.Select(state => state.Cell)));

    /// <summary>Splits h_0 and c_0, [L, B, H] each, into one state a layer.</summary>
    public IReadOnlyList<LstmState> Unstack() =>
        [.. Hidden.unbind(0).Zip(Cell.unbind(0), (hidden, cell) => new LstmState(hidden, cell))];

    /// <summary>Hands both tensors to the dispose scope outside the current one.</summary>
    internal LstmState MoveToOuterDisposeScope() =>
        new(Hidden.MoveToOuterDisposeScope(), Cell.MoveToOuterDisposeScope());
}
