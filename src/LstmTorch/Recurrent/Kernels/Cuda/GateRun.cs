using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>Neighbouring gates that see the cell: one matrix product serves them all.</summary>
/// <param name="First">The first gate; see <see cref="GateOrder"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct GateRun(int First, int Count)
{
    /// <summary>The runs among i, f and g, which see c_{t-1} through a full matrix; none with other peepholes.</summary>
    public static IReadOnlyList<GateRun> SeeingTheCellBefore(Peephole peephole)
    {
        var runs = new List<GateRun>();
        if (peephole.Kind != PeepholeKind.Full)
            return runs;

        for (int gate = GateOrder.Input; gate < GateOrder.Output; gate++)
        {
            if (!peephole.Sees((PeepholeConnections)(1 << gate)))
                continue;
            if (runs is [.., var last] && last.First + last.Count == gate)
                runs[^1] = last with { Count = last.Count + 1 };
            else
                runs.Add(new GateRun(gate, 1));
        }

        return runs;
    }

    /// <summary>The columns of these gates in a tensor whose last axis is 4·H wide.</summary>
    public Tensor Columns(Tensor gates)
    {
        long width = gates.shape[^1] / GateOrder.Count;
        return gates.narrow(-1, First * width, Count * width);
    }
}
