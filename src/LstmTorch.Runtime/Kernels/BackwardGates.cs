using System.Runtime.CompilerServices;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>One step of one slice on the way back.</summary>
internal unsafe struct BackwardStep
{
    public BackwardCall* Call;
    public int Rows;

    /// <summary>Operands of step t, which hold c_{t-1}, and those of step t + 1, which hold c_t.</summary>
    public float* Before;
    public float* After;

    /// <summary>Activated gates of step t.</summary>
    public float* Gates;

    /// <summary>dL/dy_t, or null.</summary>
    public float* DY;

    /// <summary>Rows [dh | dx]: dh_t without dy_t goes in, dh_{t-1} and dx_t come out.</summary>
    public float* DStates;

    /// <summary>dc_t goes in, dc_{t-1} comes out.</summary>
    public float* DC;

    /// <summary>Floats between the rows of <see cref="DC"/>.</summary>
    public nint CStride;

    /// <summary>Rows o i f g of the gradients of the pre-activations.</summary>
    public float* DA;

    /// <summary>Sums [4, H] of the gradients of the diagonal peepholes, rows i f g o.</summary>
    public float* DDiagonal;
}

/// <summary>
/// The elementwise part of the backward pass: from dh_t and dc_t to dA_t and what of dc_{t-1} needs no product.
/// </summary>
internal static unsafe class BackwardGates<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>da_o, and dc_t complete but for W_coᵀ da_o.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(BackwardStep* step, int block)
    {
        BackwardCall* call = step->Call;
        int v = L.Width;
        int units = call->Layout.Units(block);
        int first = block * v;
        V one = L.Create(1f);
        V po = Diagonal(call, PeepholeConnections.Output, call->Weights.Co, first, units, out bool sees);
        V dpo = L.Load(step->DDiagonal + (3 * call->Layout.HiddenStride) + first);

        float* dh = step->DStates + first;
        float* dc = step->DC + first;
        float* dy = step->DY == null ? null : step->DY + first;
        float* cNext = step->After + first;
        float* gates = step->Gates + (4 * first) + (3 * units);
        float* dA = step->DA + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V dhRow = L.Load(dh);
            if (dy != null)
            {
                dhRow = L.Add(dhRow, units == v ? L.Load(dy) : L.LoadFirst(dy, units));
                dy += call->DY.BatchStride;
            }

            V o = L.Load(gates);
            V cell = L.Load(cNext);
            V tanh = Activations<L, V>.Tanh(cell);
            V dao = L.Multiply(L.Multiply(dhRow, tanh), L.Multiply(o, L.Subtract(one, o)));
            V dcRow = L.Load(dc);
            dcRow = L.MultiplyAdd(L.Multiply(dhRow, o), L.Subtract(one, L.Multiply(tanh, tanh)), dcRow);
            if (sees)
            {
                dcRow = L.MultiplyAdd(po, dao, dcRow);
                dpo = L.MultiplyAdd(dao, cell, dpo);
            }

            L.Store(dA, dao);
            L.Store(dc, dcRow);
            dh += call->Layout.StateGradientStride;
            dc += step->CStride;
            cNext += call->Layout.OperandStride;
            gates += call->Layout.GateStride;
            dA += call->Layout.GateGradientStride;
        }

        L.Store(step->DDiagonal + (3 * call->Layout.HiddenStride) + first, dpo);
    }

    /// <summary>da_i, da_f, da_g from the complete dc_t, and dc_{t-1} but for the peephole matrices' share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Others(BackwardStep* step, int block)
    {
        BackwardCall* call = step->Call;
        int v = L.Width;
        int units = call->Layout.Units(block);
        int hidden = call->Layout.Shape.HiddenSize;
        int hiddenStride = call->Layout.HiddenStride;
        int first = block * v;
        V one = L.Create(1f);
        V pi = Diagonal(call, PeepholeConnections.Input, call->Weights.Ci, first, units, out bool seesI);
        V pf = Diagonal(call, PeepholeConnections.Forget, call->Weights.Cf, first, units, out bool seesF);
        V pg = Diagonal(call, PeepholeConnections.Candidate, call->Weights.Cc, first, units, out bool seesG);
        bool diagonal = seesI | seesF | seesG;
        float* sums = step->DDiagonal + first;
        V dpi = L.Load(sums);
        V dpf = L.Load(sums + hiddenStride);
        V dpg = L.Load(sums + (2 * hiddenStride));

        float* dc = step->DC + first;
        float* c = step->Before + first;
        float* gates = step->Gates + (4 * first);
        float* dA = step->DA + hidden + first;
        for (int row = step->Rows; row > 0; row--)
        {
            V dcRow = L.Load(dc);
            V cell = L.Load(c);
            V i = L.Load(gates);
            V f = L.Load(gates + units);
            V g = L.Load(gates + (2 * units));
            V dai = L.Multiply(L.Multiply(dcRow, g), L.Multiply(i, L.Subtract(one, i)));
            V daf = L.Multiply(L.Multiply(dcRow, cell), L.Multiply(f, L.Subtract(one, f)));
            V dag = L.Multiply(L.Multiply(dcRow, i), L.Subtract(one, L.Multiply(g, g)));
            dcRow = L.Multiply(dcRow, f);
            if (diagonal)
            {
                dcRow = L.MultiplyAdd(pi, dai, dcRow);
                dcRow = L.MultiplyAdd(pf, daf, dcRow);
                dcRow = L.MultiplyAdd(pg, dag, dcRow);
                dpi = L.MultiplyAdd(dai, cell, dpi);
                dpf = L.MultiplyAdd(daf, cell, dpf);
                dpg = L.MultiplyAdd(dag, cell, dpg);
            }

            // In this order: what the short block writes too much, the next store mends.
            L.Store(dA, dai);
            L.Store(dA + hidden, daf);
            L.Store(dA + (2 * hidden), dag);
            L.Store(dc, dcRow);
            dc += step->CStride;
            c += call->Layout.OperandStride;
            gates += call->Layout.GateStride;
            dA += call->Layout.GateGradientStride;
        }

        L.Store(sums, dpi);
        L.Store(sums + hiddenStride, dpf);
        L.Store(sums + (2 * hiddenStride), dpg);
    }

    private static V Diagonal(
        BackwardCall* call, PeepholeConnections gate, float* weights, int first, int units, out bool sees)
    {
        sees = call->Layout.Shape.Diagonal(gate);
        return sees ? L.LoadFirst(weights + first, units) : L.Create(0f);
    }
}
