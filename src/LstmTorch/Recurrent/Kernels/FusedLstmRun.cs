using LstmTorch.Runtime.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>One run of the runtime's sequence kernels over the memory of tensors. It owns no tensor between its passes.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001", Justification = "The sequence keeps what it keeps in the caller's tensor, and so owns nothing to dispose of.")]
internal sealed unsafe class FusedLstmRun
{
    private readonly LstmSequence _sequence;
    private readonly SequenceShape _shape;

    /// <summary>Prepares a run.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="input">x, [T, B, D]; its sizes count.</param>
    /// <param name="kept">
    /// Receives what the forward pass keeps for the backward pass: a tensor, which autograd frees with the graph, as a garbage
    /// collector would do too late. Null where there will be no backward pass.
    /// </param>
    public FusedLstmRun(PeepholeLstmCell cell, Tensor input, Tensor? kept)
    {
        _shape = ShapeOf(cell, input);
        _sequence = new LstmSequence(_shape, kept is not null, keepIn: kept is null ? null : (void*)TensorMemory.Address(kept));
    }

    /// <summary>Memory for what the forward pass keeps.</summary>
    public static Tensor Keep(PeepholeLstmCell cell, Tensor input) => TensorMemory.EmptyBytes(LstmSequence.BytesKept(ShapeOf(cell, input)));

    /// <summary>Computes y [T, B, H], h_n and c_n [B, H].</summary>
    /// <param name="input">x, [T, B, D].</param>
    /// <param name="initial">h_0 and c_0, [B, H].</param>
    /// <param name="weights">The parameters in the order of <see cref="PeepholeLstmCell"/>'s fields; null where the cell has none.</param>
    public (Tensor Output, LstmState Last) Forward(Tensor input, LstmState initial, Tensor?[] weights)
    {
        Tensor y = TensorMemory.Empty(_shape.Steps, _shape.Batch, _shape.HiddenSize);
        Tensor hn = empty(_shape.Batch, _shape.HiddenSize), cn = empty(_shape.Batch, _shape.HiddenSize);
        Tensor x = WithContiguousRows(input), h0 = initial.Hidden.contiguous(), c0 = initial.Cell.contiguous();
        Tensor?[] contiguous = Contiguous(weights);
        _sequence.Forward(Pointers(contiguous), Sequence(x), Floats(h0), Floats(c0), Sequence(y), Floats(hn), Floats(cn));
        GC.KeepAlive((x, h0, c0, contiguous));
        return (y, new LstmState(hn, cn));
    }

    /// <summary>Computes the gradients of x [T, B, D], h_0 and c_0 [B, H], and of each weight that the cell has.</summary>
    /// <param name="weights">The parameters, as they were in the forward pass.</param>
    /// <param name="dy">dL/dy, [T, B, H]; null for zeros.</param>
    /// <param name="dhn">dL/dh_n, [B, H]; null for zeros.</param>
    /// <param name="dcn">dL/dc_n, [B, H]; null for zeros.</param>
    /// <param name="wantsInput">Whether dL/dx is wanted.</param>
    public (Tensor? DX, Tensor DH0, Tensor DC0, Tensor?[] Weights) Backward(
        Tensor?[] weights, Tensor? dy, Tensor? dhn, Tensor? dcn, bool wantsInput)
    {
        Tensor? dx = wantsInput ? TensorMemory.Empty(_shape.Steps, _shape.Batch, _shape.InputSize) : null;
        Tensor dh0 = empty(_shape.Batch, _shape.HiddenSize), dc0 = empty(_shape.Batch, _shape.HiddenSize);
        Tensor?[] gradients = [.. weights.Select(weight => weight is null ? null : TensorMemory.Empty(weight.shape))];
        Tensor? dyRows = dy is null ? null : WithContiguousRows(dy), dhnRows = dhn?.contiguous(), dcnRows = dcn?.contiguous();
        Tensor?[] contiguous = Contiguous(weights);
        _sequence.Backward(
            Pointers(contiguous),
            Sequence(dyRows),
            Floats(dhnRows),
            Floats(dcnRows),
            Sequence(dx),
            Floats(dh0),
            Floats(dc0),
            Pointers(gradients));
        GC.KeepAlive((dyRows, dhnRows, dcnRows, contiguous));
        return (dx, dh0, dc0, gradients);
    }

    private static SequenceShape ShapeOf(PeepholeLstmCell cell, Tensor input) => new(
        checked((int)input.shape[1]), checked((int)input.shape[0]), checked((int)cell.InputSize), checked((int)cell.HiddenSize), cell.Peephole);

    private static Tensor?[] Contiguous(Tensor?[] weights) => [.. weights.Select(weight => weight?.contiguous())];

    /// <summary>The tensor, or a copy whose last axis is contiguous: the other axes may have any strides.</summary>
    private static Tensor WithContiguousRows(Tensor tensor) =>
        tensor.stride(2) == 1 || tensor.shape[2] == 1 ? tensor.alias() : TensorMemory.Contiguous(tensor);

    private static StridedSequence Sequence(Tensor? tensor) => tensor is null
        ? default
        : new StridedSequence(TensorMemory.Address(tensor), (nint)tensor.stride(1), (nint)tensor.stride(0));

    private static float* Floats(Tensor? tensor) => tensor is null ? null : (float*)TensorMemory.Address(tensor);

    private static LayerWeights Pointers(Tensor?[] weights) => new()
    {
        Ih = Floats(weights[0]),
        Hh = Floats(weights[1]),
        Bias = Floats(weights[2]),
        Ci = Floats(weights[3]),
        Cf = Floats(weights[4]),
        Cc = Floats(weights[5]),
        Co = Floats(weights[6]),
    };
}
