using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// One run on a CUDA device: everything that is not recurrent as single matrix products over all steps, and the recurrence between.
/// </summary>
/// <remarks>Nothing here waits for the device. Below 0.3 ms a step the host is what limits training, so that every call counts.</remarks>
/// <param name="device">The device.</param>
/// <param name="cell">The cell.</param>
internal sealed class CudaLstmRun(CudaDevice device, PeepholeLstmCell cell) : FusedLstmRun
{
    private const int AllSums = 8;

    private readonly MatrixPrecision _precision = cell.Precision;
    private readonly Runtime.Model.Peephole _peephole = cell.Peephole;

    /// <inheritdoc/>
    public override FusedOutputs Forward(Tensor input, LstmState? initial, Tensor?[] weights, bool keep)
    {
        var (steps, batch, inputs) = (input.size(0), input.size(1), input.size(2));
        long hidden = cell.HiddenSize;
        using var precision = new ProductPrecision(device, _precision);
        Tensor x = Contiguous(input.reshape(steps * batch, inputs))!;
        Tensor gates = addmm(weights[2]!, x, weights[0]!.t(), beta: 1, alpha: 1);
        Tensor h = New(steps + 1, batch, hidden), c = New(steps + 1, batch, hidden);
        RecurrentWeights recurrent = Recurrent(weights);
        var tensors = new ForwardTensors(gates.view(steps, batch, -1), h, c, Contiguous(initial?.Hidden), Contiguous(initial?.Cell));
        if (WholeSequencePass.Find(device, Shape(batch), backward: false) is { } pass)
            pass.Run(recurrent, tensors);
        else
            new StepwiseRecurrence(device, _peephole, recurrent).Forward(tensors);
        GC.KeepAlive((recurrent, tensors));
        return new FusedOutputs(
            h.narrow(0, 1, steps), new LstmState(h.select(0, steps), c.select(0, steps)), keep ? [x, tensors.Gates, h, c] : []);
    }

    /// <inheritdoc/>
    public override FusedGradients Backward(
        Tensor?[] weights, ReadOnlySpan<Tensor> kept, Tensor? dy, Tensor? dhn, Tensor? dcn, in WantedGradients wanted)
    {
        using var scope = NewDisposeScope();
        using var precision = new ProductPrecision(device, _precision);
        Tensor x = kept[0], gates = kept[1], h = kept[2], c = kept[3];
        long steps = gates.size(0), batch = gates.size(1), hidden = cell.HiddenSize;
        Tensor da = New(steps, batch, GateOrder.Count * hidden), sums = New(AllSums, batch, hidden);
        Tensor? dh0 = wanted.State ? New(batch, hidden) : null, dc0 = wanted.State ? New(batch, hidden) : null;
        RecurrentWeights recurrent = Recurrent(weights);
        var tensors = new BackwardTensors(gates, c, Contiguous(dy), Contiguous(dhn), Contiguous(dcn), da, dh0, dc0, sums);
        if (WholeSequencePass.Find(device, Shape(batch), backward: true) is { } pass)
            pass.Run(recurrent, tensors);
        else
            new StepwiseRecurrence(device, _peephole, recurrent).Backward(tensors);
        GC.KeepAlive((recurrent, tensors));

        Matrix before = Matrix.Of(da), xs = Matrix.Of(x), hs = Matrix.Of(h).RowRange(0, steps * batch);
        using var current = device.Use();
        Tensor? dx = wanted.Input ? New(steps, batch, cell.InputSize) : null;
        Tensor inputWeights = Contiguous(weights[0])!;
        if (dx is not null)
            device.Products.Multiply(before, Matrix.Of(inputWeights), Matrix.Of(dx), beta: 0, _precision);
        var gradients = new WeightGradients(device, _precision, weights, wanted.Sums);
        gradients.AddProduct(0, 1, before.Transpose, xs);
        gradients.AddProduct(1, 1, before.Transpose, hs);
        gradients.AddBatchSums(sums, _peephole.Kind == Runtime.Model.PeepholeKind.Diagonal);
        AddFullPeepholes(gradients, before, Matrix.Of(c), batch);
        GC.KeepAlive((kept.ToArray(), inputWeights, da, sums, wanted.Sums));
        return new FusedGradients(
            dx?.MoveToOuterDisposeScope(),
            dh0?.MoveToOuterDisposeScope(),
            dc0?.MoveToOuterDisposeScope(),
            [.. gradients.New.Select(gradient => gradient?.MoveToOuterDisposeScope())]);
    }

    /// <summary>The gradients of full peepholes: W_co sees c_t, the others c_{t-1}.</summary>
    private void AddFullPeepholes(WeightGradients gradients, in Matrix da, in Matrix c, long batch)
    {
        if (_peephole.Kind != Runtime.Model.PeepholeKind.Full)
            return;

        long hidden = c.Columns;
        foreach (GateRun run in GateRun.SeeingTheCellBefore(_peephole))
            gradients.AddProduct(3 + run.First, run.Count, da.ColumnRange(run.First * hidden, run.Count * hidden).Transpose, c.RowRange(0, da.Rows));
        if (_peephole.Sees(Runtime.Model.PeepholeConnections.Output))
            gradients.AddProduct(3 + GateOrder.Output, 1, da.ColumnRange(GateOrder.Output * hidden, hidden).Transpose, c.RowRange(batch, da.Rows));
    }

    private static RecurrentWeights Recurrent(Tensor?[] weights) => new(
        Contiguous(weights[1])!, Contiguous(weights[3]), Contiguous(weights[4]), Contiguous(weights[5]), Contiguous(weights[6]));

    private static Tensor? Contiguous(Tensor? tensor) => tensor is null || tensor.is_contiguous() ? tensor : tensor.contiguous();

    private CudaShape Shape(long batch) => new(
        checked((int)batch), checked((int)cell.HiddenSize), _peephole, Exact: _precision == MatrixPrecision.Fp32);

    private Tensor New(params ReadOnlySpan<long> shape) => TensorMemory.EmptyOn(device.Memory, shape);
}
