using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>What the workers of one backward pass share; it lives in the caller's frame.</summary>
internal unsafe struct BackwardCall
{
    public SequenceLayout Layout;
    public int Slices;
    public LayerWeights Weights;
    public TransposedWeights Transposed;
    public WeightGradients Sums;

    /// <summary>Whether any weight's gradient is wanted.</summary>
    public bool WantsWeights;

    /// <summary>Where the weights' gradients go.</summary>
    public LayerWeights Gradients;

    /// <summary>Operand rows of steps 0 to T, as the forward pass left them.</summary>
    public float* Operands;

    /// <summary>Activated gates of all steps, as the forward pass left them.</summary>
    public float* Gates;

    public StridedSequence DY;
    public StridedSequence DX;
    public float* DHn;
    public float* DCn;
    public float* DH0;
    public float* DC0;
    public float* Scratch;

    /// <summary>
    /// Steps of dA that a slice of <paramref name="rows"/> rows gathers before it adds them to the weights'
    /// gradients.
    /// </summary>
    /// <remarks>
    /// Each addition streams all sums through the core once, so there should be many rows; but these and their operands
    /// should stay in the second-level cache meanwhile.
    /// </remarks>
    public static int ChunkSteps(in SequenceLayout layout, int rows)
    {
        int wanted = layout.Shape.HiddenSize <= 128 ? 64 : Math.Min(256, layout.Shape.HiddenSize / 2);
        return Math.Clamp(wanted / rows, 1, layout.Shape.Steps);
    }

    /// <summary>Floats of scratch of a slice: [dh | dx], dc and the chunk of dA.</summary>
    public static long ScratchOf(in SequenceLayout layout, int rows) =>
        (long)rows * (layout.StateGradientStride + SequenceLayout.RowStride(layout.HiddenStride)
            + (ChunkSteps(layout, rows) * layout.GateGradientStride));
}

/// <summary>The backward pass over one slice of the batch, all steps: one worker, no barrier.</summary>
/// <remarks>docs/kernels-cpu.md derives the equations.</remarks>
internal static unsafe class BackwardKernel<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>Packs one part's share of the weights.</summary>
    public static void Pack(void* state, int part)
    {
        var call = (BackwardCall*)state;
        call->Transposed.Fill(call->Weights, L.PanelVectors, part, call->Slices);
    }

    /// <summary>Adds up and writes one part's share of the weights' gradients.</summary>
    public static void Write(void* state, int part)
    {
        var call = (BackwardCall*)state;
        call->Sums.WriteTo(call->Gradients, call->Slices, part, call->Slices);
    }

    /// <summary>Runs one slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(void* state, int slice)
    {
        var call = (BackwardCall*)state;
        SequenceLayout layout = call->Layout;
        int start = layout.SliceStart(slice, call->Slices);
        int rows = layout.SliceStart(slice + 1, call->Slices) - start;
        int steps = layout.Shape.Steps;
        int chunk = BackwardCall.ChunkSteps(layout, rows);

        float* scratch = call->Scratch;
        for (int before = 0; before < slice; before++)
        {
            scratch += BackwardCall.ScratchOf(layout, layout.SliceStart(before + 1, call->Slices) - layout.SliceStart(before, call->Slices));
        }

        float* operands = call->Operands + ((long)start * (steps + 1) * layout.OperandStride);
        float* gates = call->Gates + ((long)start * steps * layout.GateStride);
        long operandStep = (long)rows * layout.OperandStride;
        var step = new BackwardStep
        {
            Call = call,
            Rows = rows,
            DStates = scratch,
            DC = scratch + ((long)rows * layout.StateGradientStride),
            CStride = SequenceLayout.RowStride(layout.HiddenStride),
            DDiagonal = call->Sums.Diagonal(slice),
        };
        float* ring = step.DC + ((long)rows * step.CStride);
        new Span<float>(step.DDiagonal, 4 * layout.HiddenStride).Clear();
        StateRows.CopyIn(call->DHn, step.DStates, start, rows, layout.Shape.HiddenSize, layout.StateGradientStride);
        StateRows.CopyIn(call->DCn, step.DC, start, rows, layout.Shape.HiddenSize, step.CStride);

        bool first = true;
        for (int end = steps; end > 0; end -= chunk)
        {
            int begin = Math.Max(0, end - chunk);
            for (int t = end - 1; t >= begin; t--)
            {
                step.Before = operands + (t * operandStep);
                step.After = step.Before + operandStep;
                step.Gates = gates + ((long)t * rows * layout.GateStride);
                step.DA = ring + ((long)(t - begin) * rows * layout.GateGradientStride);
                step.DY = call->DY.Absent ? null : call->DY.At(start, t);
                Retreat(&step, layout, down: t % 2 != 0);
                if (!call->DX.Absent)
                {
                    RowCopy<L, V>.Run(
                        step.DStates + layout.Shape.HiddenSize, layout.StateGradientStride,
                        call->DX.At(start, t), call->DX.BatchStride, rows, layout.Shape.InputSize);
                }
            }

            if (call->WantsWeights)
            {
                AddWeights(call, slice, operands + (begin * operandStep), rows, (end - begin) * rows, ring, !first);
                first = false;
            }
        }

        StateRows.CopyOut(step.DStates, call->DH0, start, rows, layout.Shape.HiddenSize, layout.StateGradientStride);
        StateRows.CopyOut(step.DC, call->DC0, start, rows, layout.Shape.HiddenSize, step.CStride);
    }

    // One step back: from dh_t, dc_t to dA_t, and from it to dh_{t-1}, dc_{t-1} and dx_t.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Retreat(BackwardStep* step, in SequenceLayout layout, bool down)
    {
        int hidden = layout.Shape.HiddenSize;
        int units = layout.HiddenStride / L.Width;
        nint stride = layout.GateGradientStride;
        TransposedWeights weights = step->Call->Transposed;
        for (int turn = 0; turn < layout.BlockCount; turn++)
        {
            int block = layout.BlockAt(turn, down: false);
            BackwardGates<L, V>.Output(step, block);
            if (!layout.OutputSeesMatrix)
            {
                BackwardGates<L, V>.Others(step, block);
            }
        }

        if (layout.OutputSeesMatrix)
        {
            Product<L, V>.RunPanels(
                step->DA, stride, step->Rows, hidden, weights.Output, units,
                step->DC, step->CStride, accumulate: true, down);
            for (int turn = 0; turn < layout.BlockCount; turn++)
            {
                BackwardGates<L, V>.Others(step, layout.BlockAt(turn, down: false));
            }
        }

        if (layout.Seeing > 0)
        {
            Product<L, V>.RunPanels(
                step->DA + ((1 + layout.FirstSeeing) * hidden), stride, step->Rows, layout.Seeing * hidden, weights.Seeing, units,
                step->DC, step->CStride, accumulate: true, down);
        }

        int vectors = SequenceLayout.RoundUp(weights.StateColumns, L.Width) / L.Width;
        Product<L, V>.RunPanels(
            step->DA, stride, step->Rows, 4 * hidden, weights.States, vectors,
            step->DStates, layout.StateGradientStride, accumulate: false, down);
    }

    // sums[n, j] += Σ operands[k, n] · dA[k, j] over the rows k of a chunk.
    private static void AddWeights(
        BackwardCall* call, int slice, float* operands, int rows, int terms, float* ring, bool accumulate)
    {
        SequenceLayout layout = call->Layout;
        int hidden = layout.Shape.HiddenSize;
        nint stride = layout.OperandStride;
        AddOuter(
            operands + hidden, stride, layout.GateTerms, terms, ring, layout.GateGradientStride,
            call->Sums.Gates(slice), call->Sums.GateColumns, accumulate);
        if (layout.Seeing > 0)
        {
            AddOuter(
                operands, stride, hidden, terms, ring + ((1 + layout.FirstSeeing) * hidden), layout.GateGradientStride,
                call->Sums.Seeing(slice), call->Sums.SeeingColumns, accumulate);
        }

        if (layout.OutputSeesMatrix)
        {
            AddOuter(
                operands + (rows * stride), stride, hidden, terms, ring, layout.GateGradientStride,
                call->Sums.Output(slice), layout.HiddenStride, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOuter(
        float* operands, nint operandStride, int operandCount, int terms, float* ring, nint ringStride,
        float* sums, int columns, bool accumulate)
    {
        var split = new PanelSplit(columns / L.Width, L.PanelVectors);
        for (int panel = 0; panel < split.Count; panel++)
        {
            int from = split.Start(panel) * L.Width;
            Product<L, V>.Run(
                operands, 1, operandStride, operandCount, terms,
                ring + from, ringStride, split.Start(panel + 1) - split.Start(panel),
                sums + from, columns, L.Width, accumulate);
        }
    }
}
