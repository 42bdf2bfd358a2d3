using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// A layer's weights, copied into the order of the forward products once, for any number of runs at the same time.
/// </summary>
internal sealed class PackedLayer : IDisposable
{
    // The step at hand and the one that it writes, in turn.
    private const int Slots = 2;

    // So few sequences wait for the weights; from more on, all products are bound by arithmetic.
    private const int MostProjected = 3;

    private readonly Workspace _workspace;

    /// <summary>Packs a layer's weights; the arrays are not needed afterwards.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="inputSize">Features a step, D.</param>
    /// <param name="hiddenSize">Units, H.</param>
    /// <param name="peephole">Which gates see the cell, and how.</param>
    /// <param name="kernels">The vector width; null for the widest that this processor has.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public PackedLayer(in LayerWeights weights, int inputSize, int hiddenSize, Peephole peephole, KernelSet? kernels = null)
    {
        Kernels = kernels ?? KernelSet.Widest;
        Shape = new SequenceShape(1, 1, inputSize, hiddenSize, peephole);
        Shape.Check();
        var layout = new SequenceLayout(Shape, Kernels.Width);
        _workspace = Workspace.Rent(PackedWeights.Bytes(layout));
        Weights = PackedWeights.Place(layout, _workspace);
        Weights.Fill(weights, Kernels.PanelVectors, part: 0, parts: 1);
    }

    /// <summary>The layer's sizes; batch and steps are 1.</summary>
    public SequenceShape Shape { get; }

    /// <summary>The kernels that read this order.</summary>
    public KernelSet Kernels { get; }

    /// <summary>The packed weights.</summary>
    public PackedWeights Weights { get; }

    /// <summary>Floats of scratch that <see cref="Forward"/> takes for so many sequences and steps, or fewer.</summary>
    public long ScratchFloats(int batch, int steps)
    {
        SequenceLayout layout = LayoutOf(batch, steps);
        SequenceLayout few = LayoutOf(Math.Min(batch, MostProjected), steps);
        return OperandFloats(layout) + (batch * ForwardCall.ScratchRow(layout, sharing: 1)) + ProjectedFloats(few);
    }

    /// <summary>Computes y, h_n and c_n on the calling thread, without any allocation: for inference.</summary>
    /// <param name="batch">Sequences, B.</param>
    /// <param name="steps">Time steps, T.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> floats that nobody else uses meanwhile.</param>
    /// <param name="x">Inputs, [B, T, D] or [T, B, D].</param>
    /// <param name="h0">Initial hidden state [B, H]; null means zeros.</param>
    /// <param name="c0">Initial cell state [B, H]; null means zeros.</param>
    /// <param name="y">Hidden states of all steps, [B, T, H] or [T, B, H]; absent where they are not wanted.</param>
    /// <param name="hn">Last hidden state [B, H], or null.</param>
    /// <param name="cn">Last cell state [B, H], or null.</param>
    public unsafe void Forward(
        int batch, int steps, float* scratch, StridedSequence x, float* h0, float* c0, StridedSequence y, float* hn, float* cn)
    {
        SequenceLayout layout = LayoutOf(batch, steps);
        float* rows = scratch + OperandFloats(layout);
        bool projects = steps > 1 && batch <= MostProjected && x.StepStride == batch * x.BatchStride;
        var call = new ForwardCall
        {
            Layout = layout,
            Slices = 1,
            Packed = Weights,
            Operands = scratch,
            Slots = Slots,
            X = x,
            Y = y,
            H0 = h0,
            C0 = c0,
            Hn = hn,
            Cn = cn,
            Scratch = rows,
            Projected = projects ? rows + (batch * ForwardCall.ScratchRow(layout, sharing: 1)) : null,
        };
        Kernels.Forward(&call, 0);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private SequenceLayout LayoutOf(int batch, int steps) => new(Shape with { Batch = batch, Steps = steps }, Kernels.Width);

    private static long ProjectedFloats(in SequenceLayout layout) =>
        4L * layout.Width * layout.BlockCount * layout.Shape.Batch * layout.Shape.Steps;

    private static long OperandFloats(in SequenceLayout layout) => (long)Slots * layout.Shape.Batch * layout.OperandStride;
}
