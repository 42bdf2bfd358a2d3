using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LstmTorch.Runtime.Kernels;

/// <summary>The kernels, compiled for one vector width.</summary>
internal sealed unsafe class KernelSet
{
    /// <summary>Floats in a vector.</summary>
    public required int Width { get; init; }

    /// <summary>Vectors side by side in a register tile.</summary>
    public required int PanelVectors { get; init; }

    public required delegate*<void*, int, void> PackForward { get; init; }

    public required delegate*<void*, int, void> Forward { get; init; }

    public required delegate*<void*, int, void> SharedForward { get; init; }

    public required delegate*<in SequenceLayout, int, int> SharedWorkers { get; init; }

    public required delegate*<void*, int, void> PackBackward { get; init; }

    public required delegate*<void*, int, void> Backward { get; init; }

    public required delegate*<void*, int, void> WriteGradients { get; init; }

    /// <summary>The sets that this processor runs, the widest first.</summary>
    public static IReadOnlyList<KernelSet> All { get; } = Available();

    /// <summary>The widest set that this processor runs.</summary>
    public static KernelSet Widest => All[0];

    private static List<KernelSet> Available()
    {
        var sets = new List<KernelSet>();
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
        {
            sets.Add(Of<Lanes512, Vector512<float>>());
        }

        if (Vector256.IsHardwareAccelerated && Avx.IsSupported)
        {
            sets.Add(Of<Lanes256, Vector256<float>>());
        }

        sets.Add(Of<Lanes128, Vector128<float>>());
        return sets;
    }

    private static KernelSet Of<L, V>()
        where L : struct, ILanes<V>
        where V : struct => new()
        {
            Width = L.Width,
            PanelVectors = L.PanelVectors,
            PackForward = &ForwardKernel<L, V>.Pack,
            Forward = &ForwardKernel<L, V>.Run,
            SharedForward = &SharedForward<L, V>.Run,
            SharedWorkers = &SharedForward<L, V>.Workers,
            PackBackward = &BackwardKernel<L, V>.Pack,
            Backward = &BackwardKernel<L, V>.Run,
            WriteGradients = &BackwardKernel<L, V>.Write,
        };
}
