using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>What the workers of one forward pass share; it lives in the caller's frame.</summary>
internal unsafe struct ForwardCall
{
    public SequenceLayout Layout;
    public int Slices;
    public LayerWeights Weights;
    public PackedWeights Packed;

    /// <summary>Operand rows, <see cref="Slots"/> steps of them a slice.</summary>
    public float* Operands;

    /// <summary>T + 1 where the backward pass needs them all, else 2, used in turn.</summary>
    public int Slots;

    /// <summary>Activated gates of all steps, or null where nobody needs them.</summary>
    public float* Gates;

    public StridedSequence X;
    public StridedSequence Y;
    public float* H0;
    public float* C0;
    public float* Hn;
    public float* Cn;

    /// <summary>
    /// W x_t + b of all steps, [block, T, B, 4 vectors], computed first; null where each step computes its own.
    /// </summary>
    /// <remarks>
    /// One sequence reads every weight once a step, which takes longer than the arithmetic. Those of the inputs are then read
    /// once for many steps, and the others may fit into the first-level cache.
    /// </remarks>
    public float* Projected;

    /// <summary>Of each slice: pre-activations of a block, and of o of all blocks.</summary>
    public float* Scratch;

    /// <summary>Where the workers of a <see cref="SharedForward{L, V}"/> meet.</summary>
    public Meeting Meeting;

    /// <summary>Floats of scratch a row of the batch.</summary>
    public static long ScratchRow(in SequenceLayout layout, int sharing) => (4L * layout.Width * sharing) + layout.HiddenStride;
}

/// <summary>The forward pass over one slice of the batch, all steps: one worker, no barrier.</summary>
/// <remarks>The equations are those of the library's cell; docs/kernels-cpu.md describes the layout.</remarks>
internal static unsafe class ForwardKernel<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>Packs one part's share of the weights.</summary>
    public static void Pack(void* state, int part)
    {
        var call = (ForwardCall*)state;
        call->Packed.Fill(call->Weights, L.PanelVectors, part, call->Slices);
    }

    /// <summary>Runs one slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(void* state, int slice)
    {
        var call = (ForwardCall*)state;
        SequenceLayout layout = call->Layout;
        int start = layout.SliceStart(slice, call->Slices);
        int rows = layout.SliceStart(slice + 1, call->Slices) - start;
        int steps = layout.Shape.Steps;
        int hidden = layout.Shape.HiddenSize;
        nint stride = layout.OperandStride;

        float* operands = call->Operands + ((long)start * call->Slots * stride);
        float* gates = call->Gates + ((long)start * steps * layout.GateStride);
        float* pre = call->Scratch + (start * ForwardCall.ScratchRow(layout, sharing: 1));
        float* output = pre + (4L * layout.Width * rows);

        StateRows.CopyIn(call->C0, operands, start, rows, hidden, stride);
        StateRows.CopyIn(call->H0, operands + hidden, start, rows, hidden, stride);
        if (call->Projected != null)
        {
            Project(call);
        }

        for (int t = 0; t < steps; t++)
        {
            float* now = operands + ((long)(t % call->Slots) * rows * stride);
            float* next = operands + ((long)((t + 1) % call->Slots) * rows * stride);
            var step = new ForwardStep
            {
                Call = call,
                Rows = rows,
                Now = now,
                Next = next,
                Pre = pre,
                Output = output,
                Gates = call->Gates == null ? null : gates + ((long)t * rows * layout.GateStride),
                Y = call->Y.Absent ? null : call->Y.At(start, t),
                Projected = call->Projected == null ? null : call->Projected + (4L * layout.Width * rows * t),
            };
            if (call->Projected == null)
            {
                CopyInput(call, now + (2 * hidden), start, rows, t);
            }

            Advance(&step, layout, down: t % 2 != 0);
        }

        float* last = operands + ((long)(steps % call->Slots) * rows * stride);
        StateRows.CopyOut(last, call->Cn, start, rows, hidden, stride);
        StateRows.CopyOut(last + hidden, call->Hn, start, rows, hidden, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Advance(ForwardStep* step, in SequenceLayout layout, bool down)
    {
        for (int turn = 0; turn < layout.BlockCount; turn++)
        {
            AdvanceBlock(step, layout, layout.BlockAt(turn, down));
        }

        if (!layout.OutputSeesMatrix)
        {
            return;
        }

        Product<L, V>.RunPanels(
            step->Next, layout.OperandStride, step->Rows, layout.Shape.HiddenSize, step->Call->Packed.Output, layout.HiddenStride / L.Width,
            step->Output, layout.HiddenStride, accumulate: true, down);
        for (int turn = 0; turn < layout.BlockCount; turn++)
        {
            ForwardGates<L, V>.Outputs(step, layout.BlockAt(turn, down));
        }
    }

    /// <summary>From the operands of a step to a block's c_t, and to its h_t unless o has to wait for all of c_t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AdvanceBlock(ForwardStep* step, in SequenceLayout layout, int block)
    {
        ForwardCall* call = step->Call;
        int v = L.Width;
        int hidden = layout.Shape.HiddenSize;
        int vectors = layout.Vectors(block, 4);
        bool projected = step->Projected != null;
        if (projected)
        {
            step->Pre = step->Projected + (4L * v * step->Rows * layout.Shape.Steps * block);
        }

        Product<L, V>.Run(
            step->Now + hidden, layout.OperandStride, 1, step->Rows, projected ? hidden : layout.GateTerms,
            call->Packed.Gates(block), vectors * v, vectors, step->Pre, 4 * v, v, accumulate: projected);
        if (layout.Seeing > 0)
        {
            int seeing = layout.Vectors(block, layout.Seeing);
            Product<L, V>.Run(
                step->Now, layout.OperandStride, 1, step->Rows, hidden,
                call->Packed.Seeing(block), seeing * v, seeing,
                step->Pre + (layout.FirstSeeing * layout.Units(block)), 4 * v,
                layout.LastLanes(block, layout.Seeing), accumulate: true);
        }

        ForwardGates<L, V>.Cells(step, block);
        if (!layout.OutputSeesMatrix)
        {
            ForwardGates<L, V>.Outputs(step, block);
        }
    }

    /// <summary>The inputs' share of the pre-activations of all steps: the bias, and on it W x_t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Project(ForwardCall* call)
    {
        SequenceLayout layout = call->Layout;
        int rows = layout.Shape.Batch * layout.Shape.Steps;
        int v = L.Width;
        for (int block = 0; block < layout.BlockCount; block++)
        {
            int vectors = layout.Vectors(block, 4);
            float* weights = call->Packed.Gates(block) + ((long)layout.Shape.HiddenSize * vectors * v);
            float* bias = weights + ((long)layout.Shape.InputSize * vectors * v);
            float* target = call->Projected + (4L * v * rows * block);
            RowCopy<L, V>.Run(bias, 0, target, 4 * v, rows, vectors * v);
            Product<L, V>.Run(
                call->X.At(0, 0), call->X.BatchStride, 1, rows, layout.Shape.InputSize,
                weights, vectors * v, vectors, target, 4 * v, v, accumulate: true);
        }
    }

    /// <summary>Puts the inputs of a step and the bias' 1 into the operands.</summary>
    public static void CopyInput(ForwardCall* call, float* target, int start, int rows, int step)
    {
        int size = call->Layout.Shape.InputSize;
        nint stride = call->Layout.OperandStride;
        RowCopy<L, V>.Run(call->X.At(start, step), call->X.BatchStride, target, stride, rows, size);
        for (int row = 0; row < rows; row++)
        {
            target[(row * stride) + size] = 1f;
        }
    }
}
