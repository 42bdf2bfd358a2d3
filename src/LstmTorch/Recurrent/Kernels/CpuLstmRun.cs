using LstmTorch.Runtime.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>One run of the runtime's sequence kernels over the memory of tensors. It owns no tensor between its passes.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001", Justification = "The sequence keeps what it keeps in a tensor of the caller's, and so owns nothing to dispose of.")]
internal sealed unsafe class CpuLstmRun : FusedLstmRun
{
    private readonly SequenceShape _shape;
    private LstmSequence? _sequence;

    /// <summary>Prepares a run.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="input">x, [T, B, D]; its sizes count.</param>
    public CpuLstmRun(PeepholeLstmCell cell, Tensor input) => _shape = ShapeOf(cell, input);

    /// <inheritdoc/>
    public override FusedOutputs Forward(Tensor input, LstmState? initial, Tensor?[] weights, bool keep)
    {
        Tensor? kept = keep ? TensorMemory.EmptyBytes(LstmSequence.BytesKept(_shape)) : null;
        _sequence = new LstmSequence(_shape, keep, keepIn: kept is null ? null : (void*)TensorMemory.Address(kept));
        Tensor y = TensorMemory.Empty(_shape.Steps, _shape.Batch, _shape.HiddenSize);
        Tensor hn = empty(_shape.Batch, _shape.HiddenSize), cn = empty(_shape.Batch, _shape.HiddenSize);
        Tensor x = WithContiguousRows(input);
        Tensor? h0 = initial?.Hidden.contiguous(), c0 = initial?.Cell.contiguous();
        Tensor?[] contiguous = Contiguous(weights);
        _sequence.Forward(Pointers(contiguous), Sequence(x), Floats(h0), Floats(c0), Sequence(y), Floats(hn), Floats(cn));
        GC.KeepAlive((x, h0, c0, contiguous));
        return new FusedOutputs(y, new LstmState(hn, cn), kept is null ? [] : [kept]);
    }

    /// <inheritdoc/>
    public override FusedGradients Backward(
        Tensor?[] weights, ReadOnlySpan<Tensor> kept, Tensor? dy, Tensor? dhn, Tensor? dcn, in WantedGradients wanted)
    {
        Tensor? dx = wanted.Input ? TensorMemory.Empty(_shape.Steps, _shape.Batch, _shape.InputSize) : null;
        Tensor? dh0 = wanted.State ? empty(_shape.Batch, _shape.HiddenSize) : null, dc0 = wanted.State ? empty(_shape.Batch, _shape.HiddenSize) : null;
        Tensor?[] gradients = [.. weights.Select(weight => weight is null ? null : TensorMemory.Empty(weight.shape))];
        Tensor? dyRows = dy is null ? null : WithContiguousRows(dy), dhnRows = dhn?.contiguous(), dcnRows = dcn?.contiguous();
        Tensor?[] contiguous = Contiguous(weights);
        _sequence!.Backward(
            Pointers(contiguous),
            Sequence(dyRows),
            Floats(dhnRows),
            Floats(dcnRows),
            Sequence(dx),
            Floats(dh0),
            Floats(dc0),
            Pointers(gradients));
        GC.KeepAlive((dyRows, dhnRows, dcnRows, contiguous));
        return new FusedGradients(dx, dh0, dc0, gradients);
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
