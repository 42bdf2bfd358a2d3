using System.Runtime.CompilerServices;
using LstmTorch.Runtime.Model;

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

    /// <summary>Of each slice: pre-activations of a block, and of o where it waits for c_t.</summary>
    public float* Scratch;

    /// <summary>Floats of scratch a row of the batch.</summary>
    public static long ScratchRow(in SequenceLayout layout) => (4L * layout.Width) + layout.HiddenStride;
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
        float* pre = call->Scratch + (start * ForwardCall.ScratchRow(layout));
        float* later = layout.OutputSeesMatrix ? pre + (4L * layout.Width * rows) : null;

        CopyIn(call->C0, operands, start, rows, hidden, stride);
        CopyIn(call->H0, operands + hidden, start, rows, hidden, stride);
        for (int t = 0; t < steps; t++)
        {
            float* now = operands + ((long)(t % call->Slots) * rows * stride);
            float* next = operands + ((long)((t + 1) % call->Slots) * rows * stride);
            var step = new Step
            {
                Call = call,
                Rows = rows,
                Now = now,
                Next = next,
                Pre = pre,
                Later = later,
                Gates = call->Gates == null ? null : gates + ((long)t * rows * layout.GateStride),
                Y = call->Y.Absent ? null : call->Y.At(start, t),
            };
            CopyInput(call, now + (2 * hidden), start, rows, t);
            Advance(&step, layout);
        }

        float* last = operands + ((long)(steps % call->Slots) * rows * stride);
        CopyOut(last, call->Cn, start, rows, hidden, stride);
        CopyOut(last + hidden, call->Hn, start, rows, hidden, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Advance(Step* step, in SequenceLayout layout)
    {
        ForwardCall* call = step->Call;
        int v = L.Width;
        int hidden = layout.Shape.HiddenSize;
        for (int turn = 0; turn < layout.BlockCount; turn++)
        {
            int block = layout.BlockAt(turn);
            int vectors = layout.Vectors(block, 4);
            Product<L, V>.Run(
                step->Now + hidden, layout.OperandStride, 1, step->Rows, layout.GateTerms,
                call->Packed.Gates(block), vectors * v, vectors, step->Pre, 4 * v, v, accumulate: false);
            if (layout.Seeing > 0)
            {
                int seeing = layout.Vectors(block, layout.Seeing);
                Product<L, V>.Run(
                    step->Now, layout.OperandStride, 1, step->Rows, hidden,
                    call->Packed.Seeing(block), seeing * v, seeing,
                    step->Pre + (layout.FirstSeeing * layout.Units(block)), 4 * v,
                    layout.LastLanes(block, layout.Seeing), accumulate: true);
            }

            Cells(step, block);
        }

        if (!layout.OutputSeesMatrix)
        {
            return;
        }

        var split = new PanelSplit(layout.HiddenStride / v, L.PanelVectors);
        for (int panel = 0; panel < split.Count; panel++)
        {
            int first = split.Start(panel);
            int vectors = split.Start(panel + 1) - first;
            Product<L, V>.Run(
                step->Next, layout.OperandStride, 1, step->Rows, hidden,
                call->Packed.Output(first), vectors * v, vectors,
                step->Later + (first * v), layout.HiddenStride, v, accumulate: true);
        }

        for (int turn = 0; turn < layout.BlockCount; turn++)
        {
            Outputs(step, layout.BlockAt(turn));
        }
    }

    /// <summary>From the pre-activations of a block to its c_t and, unless o waits for all of c_t, its h_t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cells(Step* step, int block)
    {
        ForwardCall* call = step->Call;
        int v = L.Width;
        int units = call->Layout.Units(block);
        int hidden = call->Layout.Shape.HiddenSize;
        nint operandStride = call->Layout.OperandStride;
        nint gateStride = call->Layout.GateStride;
        nint laterStride = call->Layout.HiddenStride;
        nint yStride = call->Y.BatchStride;
        bool diagonal = call->Layout.Shape.Peephole.Kind == PeepholeKind.Diagonal;
        int first = block * v;

        V pi = L.Load(call->Packed.Diagonal(0) + first);
        V pf = L.Load(call->Packed.Diagonal(1) + first);
        V pg = L.Load(call->Packed.Diagonal(2) + first);
        V po = L.Load(call->Packed.Diagonal(3) + first);
        V seesI = Mask(call, PeepholeConnections.Input);
        V seesF = Mask(call, PeepholeConnections.Forget);
        V seesG = Mask(call, PeepholeConnections.Candidate);
        V seesO = Mask(call, PeepholeConnections.Output);

        float* pre = step->Pre;
        float* c = step->Now + first;
        float* cNext = step->Next + first;
        float* gates = step->Gates == null ? null : step->Gates + (4 * first);
        float* later = step->Later == null ? null : step->Later + first;
        float* y = step->Y == null ? null : step->Y + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V cell = L.Load(c);
            V i = L.Load(pre);
            V f = L.Load(pre + units);
            V g = L.Load(pre + (2 * units));
            V o = L.Load(pre + (3 * units));
            if (diagonal)
            {
                i = L.MultiplyAdd(pi, L.And(cell, seesI), i);
                f = L.MultiplyAdd(pf, L.And(cell, seesF), f);
                g = L.MultiplyAdd(pg, L.And(cell, seesG), g);
            }

            i = Activations<L, V>.Sigmoid(i);
            f = Activations<L, V>.Sigmoid(f);
            g = Activations<L, V>.Tanh(g);
            cell = L.MultiplyAdd(f, cell, L.Multiply(i, g));
            L.Store(cNext, cell);
            if (gates != null)
            {
                L.Store(gates, i);
                L.Store(gates + units, f);
                L.Store(gates + (2 * units), g);
            }

            if (later != null)
            {
                L.Store(later, o);
                later += laterStride;
            }
            else
            {
                if (diagonal)
                {
                    o = L.MultiplyAdd(po, L.And(cell, seesO), o);
                }

                o = Activations<L, V>.Sigmoid(o);
                V h = L.Multiply(o, Activations<L, V>.Tanh(cell));
                L.Store(cNext + hidden, h);
                if (gates != null)
                {
                    L.Store(gates + (3 * units), o);
                }

                if (y != null)
                {
                    StoreUnits(y, h, units);
                    y += yStride;
                }
            }

            gates = gates == null ? null : gates + gateStride;
            pre += 4 * v;
            c += operandStride;
            cNext += operandStride;
        }
    }

    /// <summary>From o's complete pre-activations and c_t of a block to its h_t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outputs(Step* step, int block)
    {
        ForwardCall* call = step->Call;
        int units = call->Layout.Units(block);
        int hidden = call->Layout.Shape.HiddenSize;
        int first = block * L.Width;
        float* later = step->Later + first;
        float* cNext = step->Next + first;
        float* gates = step->Gates == null ? null : step->Gates + (4 * first) + (3 * units);
        float* y = step->Y == null ? null : step->Y + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V o = Activations<L, V>.Sigmoid(L.Load(later));
            V h = L.Multiply(o, Activations<L, V>.Tanh(L.Load(cNext)));
            L.Store(cNext + hidden, h);
            if (gates != null)
            {
                L.Store(gates, o);
                gates += call->Layout.GateStride;
            }

            if (y != null)
            {
                StoreUnits(y, h, units);
                y += call->Y.BatchStride;
            }

            later += call->Layout.HiddenStride;
            cNext += call->Layout.OperandStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreUnits(float* target, V value, int units)
    {
        if (units == L.Width)
        {
            L.Store(target, value);
        }
        else
        {
            L.StoreFirst(target, value, units);
        }
    }

    // An unconnected weight is 0, but 0·∞ is not: the mask makes the cell 0 as well.
    private static V Mask(ForwardCall* call, PeepholeConnections gate) =>
        L.Create(BitConverter.Int32BitsToSingle(call->Layout.Shape.Diagonal(gate) ? -1 : 0));

    private static void CopyInput(ForwardCall* call, float* target, int start, int rows, int step)
    {
        int size = call->Layout.Shape.InputSize;
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(call->X.At(start + row, step), size).CopyTo(new Span<float>(target, size));
            target[size] = 1f;
            target += call->Layout.OperandStride;
        }
    }

    private static void CopyIn(float* source, float* target, int start, int rows, int size, nint stride)
    {
        for (int row = 0; row < rows; row++)
        {
            var to = new Span<float>(target + (row * stride), size);
            if (source == null)
            {
                to.Clear();
            }
            else
            {
                new ReadOnlySpan<float>(source + ((long)(start + row) * size), size).CopyTo(to);
            }
        }
    }

    private static void CopyOut(float* source, float* target, int start, int rows, int size, nint stride)
    {
        for (int row = 0; target != null && row < rows; row++)
        {
            new ReadOnlySpan<float>(source + (row * stride), size).CopyTo(new Span<float>(target + ((long)(start + row) * size), size));
        }
    }

    private struct Step
    {
        public ForwardCall* Call;
        public int Rows;

        /// <summary>Operands of this step, and those of the next, into which c_t and h_t go.</summary>
        public float* Now;
        public float* Next;
        public float* Pre;
        public float* Later;
        public float* Gates;
        public float* Y;
    }
}
