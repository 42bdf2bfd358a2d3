using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// The forward pass of one sequence by several workers: each has some blocks of units, and so only their weights, which
/// then fit nearer to it. They meet once a step, and once more where o waits for the new cell.
/// </summary>
/// <remarks>Every sum is the same as in <see cref="ForwardKernel{L, V}"/>, so that the number of workers changes no bit.</remarks>
internal static unsafe class SharedForward<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    // Fewer weights than these are in the first-level cache anyway, and a step is too short to meet.
    private const int FewestWeights = 12_288;

    /// <summary>How many workers to ask for, 1 where sharing does not pay.</summary>
    /// <remarks>A short last block writes beyond its units, where another worker's are; so H must be whole blocks.</remarks>
    public static int Workers(in SequenceLayout layout, int threads)
    {
        SequenceShape shape = layout.Shape;
        int terms = (4 * layout.GateTerms) + (layout.Seeing * shape.HiddenSize) + (layout.OutputSeesMatrix ? shape.HiddenSize : 0);
        return shape.Batch > 1 || layout.Tail != 0 || (long)terms * shape.HiddenSize < FewestWeights
            ? 1
            : Math.Min(threads, layout.BlockCount);
    }

    /// <summary>Runs one worker's share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(void* state, int part)
    {
        var call = (ForwardCall*)state;
        Meeting meeting = call->Meeting;
        if (!meeting.Join(part, call->Slices, out int worker, out int workers))
            return;

        SequenceLayout layout = call->Layout;
        int hidden = layout.Shape.HiddenSize, steps = layout.Shape.Steps;
        nint stride = layout.OperandStride;
        int first = layout.BlockCount * worker / workers, end = layout.BlockCount * (worker + 1) / workers;
        var step = new ForwardStep
        {
            Call = call,
            Rows = 1,
            Pre = call->Scratch + layout.HiddenStride + (4L * layout.Width * worker),
            Output = call->Scratch,
        };
        if (worker == 0)
        {
            StateRows.CopyIn(call->C0, call->Operands, 0, 1, hidden, stride);
            StateRows.CopyIn(call->H0, call->Operands + hidden, 0, 1, hidden, stride);
            ForwardKernel<L, V>.CopyInput(call, call->Operands + (2 * hidden), 0, 1, 0);
        }

        meeting.Wait(worker, workers);
        for (int t = 0; t < steps; t++)
        {
            step.Now = call->Operands + ((t % call->Slots) * stride);
            step.Next = call->Operands + (((t + 1) % call->Slots) * stride);
            step.Gates = call->Gates == null ? null : call->Gates + ((long)t * layout.GateStride);
            step.Y = call->Y.Absent ? null : call->Y.At(0, t);
            bool down = t % 2 != 0;
            for (int turn = first; turn < end; turn++)
                ForwardKernel<L, V>.AdvanceBlock(&step, layout, down ? end - 1 - (turn - first) : turn);

            // Its place in the next operands is free: the step that read it lies before the last meeting.
            if (worker == 0 && t + 1 < steps)
                ForwardKernel<L, V>.CopyInput(call, step.Next + (2 * hidden), 0, 1, t + 1);
            if (layout.OutputSeesMatrix)
            {
                meeting.Wait(worker, workers);
                AddOutputs(&step, layout, first, end);
                for (int block = first; block < end; block++)
                    ForwardGates<L, V>.Outputs(&step, block);
            }

            meeting.Wait(worker, workers);
        }

        if (worker == 0)
        {
            float* last = call->Operands + ((steps % call->Slots) * stride);
            StateRows.CopyOut(last, call->Cn, 0, 1, hidden, stride);
            StateRows.CopyOut(last + hidden, call->Hn, 0, 1, hidden, stride);
        }
    }

    // o += W_co c_t for the blocks of one worker, which may be parts of panels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOutputs(ForwardStep* step, in SequenceLayout layout, int first, int end)
    {
        int v = L.Width, hidden = layout.Shape.HiddenSize;
        var split = new PanelSplit(layout.BlockCount, L.PanelVectors);
        for (int panel = 0; panel < split.Count; panel++)
        {
            int start = split.Start(panel), width = split.Start(panel + 1) - start;
            int from = Math.Max(first, start), to = Math.Min(end, start + width);
            if (from < to)
            {
                Product<L, V>.Run(
                    step->Next, layout.OperandStride, 1, 1, hidden,
                    step->Call->Packed.Output + (((nint)hidden * start) + (from - start)) * v, width * v, to - from,
                    step->Output + (from * v), layout.HiddenStride, v, accumulate: true);
            }
        }
    }
}
