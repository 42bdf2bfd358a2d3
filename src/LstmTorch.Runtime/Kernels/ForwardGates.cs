using System.Runtime.CompilerServices;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>One step of one slice on the way forward.</summary>
internal unsafe struct ForwardStep
{
    public ForwardCall* Call;
    public int Rows;

    /// <summary>Operands of this step, and those of the next, into which c_t and h_t go.</summary>
    public float* Now;
    public float* Next;

    /// <summary>Pre-activations of the block at hand.</summary>
    public float* Pre;

    /// <summary>What the inputs give to those of the first block, or null; see <see cref="ForwardCall.Projected"/>.</summary>
    public float* Projected;

    /// <summary>Pre-activations of o, [rows, H].</summary>
    public float* Output;

    /// <summary>Where the activated gates go, or null.</summary>
    public float* Gates;

    /// <summary>Where h_t goes, or null.</summary>
    public float* Y;
}

/// <summary>
/// The elementwise part of the forward pass: from the pre-activations of a block of units to c_t and h_t.
/// </summary>
internal static unsafe class ForwardGates<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>From the pre-activations of a block to its c_t; those of o are put aside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cells(ForwardStep* step, int block)
    {
        ForwardCall* call = step->Call;
        int v = L.Width;
        int units = call->Layout.Units(block);
        nint operandStride = call->Layout.OperandStride;
        nint gateStride = call->Layout.GateStride;
        nint outputStride = call->Layout.HiddenStride;
        bool diagonal = call->Layout.Shape.Peephole.Kind == PeepholeKind.Diagonal;
        int first = block * v;

        V pi = L.Load(call->Packed.Diagonal(0) + first);
        V pf = L.Load(call->Packed.Diagonal(1) + first);
        V pg = L.Load(call->Packed.Diagonal(2) + first);
        V seesI = Mask(call, PeepholeConnections.Input);
        V seesF = Mask(call, PeepholeConnections.Forget);
        V seesG = Mask(call, PeepholeConnections.Candidate);

        float* pre = step->Pre;
        float* c = step->Now + first;
        float* cNext = step->Next + first;
        float* gates = step->Gates == null ? null : step->Gates + (4 * first);
        float* output = step->Output + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V cell = L.Load(c);
            V i = L.Load(pre);
            V f = L.Load(pre + units);
            V g = L.Load(pre + (2 * units));
            L.Store(output, L.Load(pre + (3 * units)));
            if (diagonal)
            {
                i = L.MultiplyAdd(pi, L.And(cell, seesI), i);
                f = L.MultiplyAdd(pf, L.And(cell, seesF), f);
                g = L.MultiplyAdd(pg, L.And(cell, seesG), g);
            }

            i = Activations<L, V>.Sigmoid(i);
            f = Activations<L, V>.Sigmoid(f);
            g = Activations<L, V>.Tanh(g);
            L.Store(cNext, L.MultiplyAdd(f, cell, L.Multiply(i, g)));
            if (gates != null)
            {
                L.Store(gates, i);
                L.Store(gates + units, f);
                L.Store(gates + (2 * units), g);
                gates += gateStride;
            }

            pre += 4 * v;
            output += outputStride;
            c += operandStride;
            cNext += operandStride;
        }
    }

    /// <summary>
    /// From o's pre-activations, complete but for a diagonal peephole, and c_t of a block to its h_t.
    /// </summary>
    /// <remarks>A loop of its own even where o need not wait: both are then short enough to overlap their rows.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outputs(ForwardStep* step, int block)
    {
        ForwardCall* call = step->Call;
        int units = call->Layout.Units(block);
        int hidden = call->Layout.Shape.HiddenSize;
        nint operandStride = call->Layout.OperandStride;
        nint gateStride = call->Layout.GateStride;
        nint outputStride = call->Layout.HiddenStride;
        nint yStride = call->Y.BatchStride;
        bool diagonal = call->Layout.Shape.Peephole.Kind == PeepholeKind.Diagonal;
        int first = block * L.Width;

        V po = L.Load(call->Packed.Diagonal(3) + first);
        V seesO = Mask(call, PeepholeConnections.Output);
        float* output = step->Output + first;
        float* cNext = step->Next + first;
        float* gates = step->Gates == null ? null : step->Gates + (4 * first) + (3 * units);
        float* y = step->Y == null ? null : step->Y + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V cell = L.Load(cNext);
            V o = L.Load(output);
            if (diagonal)
            {
                o = L.MultiplyAdd(po, L.And(cell, seesO), o);
            }

            o = Activations<L, V>.Sigmoid(o);
            V h = L.Multiply(o, Activations<L, V>.Tanh(cell));
            L.Store(cNext + hidden, h);
            if (gates != null)
            {
                L.Store(gates, o);
                gates += gateStride;
            }

            if (y != null)
            {
                StoreUnits(y, h, units);
                y += yStride;
            }

            output += outputStride;
            cNext += operandStride;
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
}
