using System.Runtime.Intrinsics;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// One layer's run over one batch of sequences, forward and, if it was made for that, backward: the state between the
/// two. Any number may be outstanding at once.
/// </summary>
/// <remarks>
/// <para>All numbers are float32. The caller owns every array and every output is overwritten, never added to; an output
/// must not overlap an input or another output. Arrays need no alignment, and nothing outside them is touched.</para>
/// <para>What the backward pass needs is copied: x, y and the states may change or be freed between the passes. The
/// weights must be the same in both. Backward may be called more than once.</para>
/// <para>Results are the same from run to run for the same shape and <see cref="WorkerTeam.Threads"/>. A sequence is for
/// one caller at a time; different ones may run at the same time.</para>
/// </remarks>
internal sealed unsafe class LstmSequence : IDisposable
{
    // Below this a second thread costs more than it gives.
    private const double SmallestSharedFlops = 200_000;

    private readonly SequenceLayout _layout;
    private readonly KernelSet _kernels;
    private readonly int _slices;
    private readonly Workspace? _saved;
    private readonly float* _operands;
    private readonly float* _gates;
    private readonly bool _keeps;
    private bool _ready;

    /// <summary>Prepares a run.</summary>
    /// <param name="shape">Its sizes and peepholes.</param>
    /// <param name="keepsForBackward">Whether the forward pass keeps what <see cref="Backward"/> needs:
    /// about 6H + D floats a sequence and step.</param>
    /// <param name="kernels">The vector width; null for the widest that this processor has.</param>
    /// <param name="slices">Into how many parts the batch is cut, 1 to B; null for one a thread, where that pays.</param>
    /// <param name="keepIn">Where to keep it: <see cref="BytesKept"/> bytes that the caller owns until the last backward
    /// pass; null to rent them until <see cref="Dispose"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1, or there are more slices than sequences.</exception>
    public LstmSequence(
        in SequenceShape shape, bool keepsForBackward, KernelSet? kernels = null, int? slices = null, void* keepIn = null)
    {
        shape.Check();
        _kernels = kernels ?? KernelSet.Widest;
        _layout = new SequenceLayout(shape, _kernels.Width);
        _slices = slices ?? (shape.Flops < SmallestSharedFlops ? 1 : Math.Min(WorkerTeam.Threads, shape.Batch));
        ArgumentOutOfRangeException.ThrowIfNotEqual(Math.Clamp(_slices, 1, shape.Batch), _slices, nameof(slices));
        _keeps = keepsForBackward;
        if (keepsForBackward)
        {
            var (operands, gates) = FloatsKept(_layout);
            if (keepIn != null)
            {
                _operands = Workspace.Align((float*)keepIn);
                _gates = Workspace.Align(_operands + operands);
            }
            else
            {
                _saved = Workspace.Rent(Workspace.Piece(operands) + Workspace.Piece(gates));
                _operands = _saved.Take(operands);
                _gates = _saved.Take(gates);
            }
        }
    }

    /// <summary>The bytes that a forward pass keeps for the backward pass.</summary>
    public static long BytesKept(in SequenceShape shape, KernelSet? kernels = null)
    {
        var (operands, gates) = FloatsKept(new SequenceLayout(shape, (kernels ?? KernelSet.Widest).Width));
        return Workspace.Piece(operands) + Workspace.Piece(gates);
    }

    /// <summary>Computes y, h_n and c_n.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="x">Inputs, [B, T, D] or [T, B, D].</param>
    /// <param name="h0">Initial hidden state [B, H]; null means zeros.</param>
    /// <param name="c0">Initial cell state [B, H]; null means zeros.</param>
    /// <param name="y">Hidden states of all steps, [B, T, H] or [T, B, H]; absent where they are not wanted.</param>
    /// <param name="hn">Last hidden state [B, H], or null.</param>
    /// <param name="cn">Last cell state [B, H], or null.</param>
    public void Forward(in LayerWeights weights, StridedSequence x, float* h0, float* c0, StridedSequence y, float* hn, float* cn)
    {
        SequenceShape shape = _layout.Shape;
        int slots = _keeps ? shape.Steps + 1 : 2;
        long operands = _keeps ? 0 : (long)shape.Batch * slots * _layout.OperandStride;
        long scratch = shape.Batch * ForwardCall.ScratchRow(_layout);
        using Workspace workspace = Workspace.Rent(
            PackedWeights.Bytes(_layout) + Workspace.Piece(operands) + Workspace.Piece(scratch));
        var call = new ForwardCall
        {
            Layout = _layout,
            Slices = _slices,
            Weights = weights,
            Packed = PackedWeights.Place(_layout, workspace),
            Slots = slots,
            Gates = _gates,
            X = x,
            Y = y,
            H0 = h0,
            C0 = c0,
            Hn = hn,
            Cn = cn,
            Scratch = workspace.Take(scratch),
        };
        call.Operands = _keeps ? _operands : workspace.Take(operands);
        WorkerTeam team = WorkerTeam.Current;
        team.Run(_slices, _kernels.PackForward, &call);
        team.Run(_slices, _kernels.Forward, &call);
        _ready = _keeps;
    }

    /// <summary>Computes the gradients of a loss from those of y, h_n and c_n.</summary>
    /// <param name="weights">The parameters, as they were in the forward pass.</param>
    /// <param name="dy">dL/dy, shaped as y; absent means zeros.</param>
    /// <param name="dhn">dL/dh_n [B, H]; null means zeros.</param>
    /// <param name="dcn">dL/dc_n [B, H]; null means zeros.</param>
    /// <param name="dx">dL/dx, shaped as x; absent where it is not wanted.</param>
    /// <param name="dh0">dL/dh_0 [B, H], or null.</param>
    /// <param name="dc0">dL/dc_0 [B, H], or null.</param>
    /// <param name="gradients">The gradients of the parameters, each shaped as the parameter, or null.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass that kept what this one needs.</exception>
    public void Backward(
        in LayerWeights weights, StridedSequence dy, float* dhn, float* dcn,
        StridedSequence dx, float* dh0, float* dc0, in LayerWeights gradients)
    {
        if (!_ready)
        {
            throw new InvalidOperationException("Run the forward pass first, on a sequence made with keepsForBackward.");
        }

        long scratch = 0;
        for (int slice = 0; slice < _slices; slice++)
        {
            int rows = _layout.SliceStart(slice + 1, _slices) - _layout.SliceStart(slice, _slices);
            scratch += BackwardCall.ScratchOf(_layout, rows);
        }

        using Workspace workspace = Workspace.Rent(
            TransposedWeights.Bytes(_layout) + WeightGradients.Bytes(_layout, _slices) + Workspace.Piece(scratch));
        var call = new BackwardCall
        {
            Layout = _layout,
            Slices = _slices,
            Weights = weights,
            Transposed = TransposedWeights.Place(_layout, wantsInput: !dx.Absent, workspace),
            Sums = WeightGradients.Place(_layout, _slices, workspace),
            WantsWeights = WantsProducts(gradients),
            Gradients = gradients,
            Operands = _operands,
            Gates = _gates,
            DY = dy,
            DX = dx,
            DHn = dhn,
            DCn = dcn,
            DH0 = dh0,
            DC0 = dc0,
            Scratch = workspace.Take(scratch),
        };
        WorkerTeam team = WorkerTeam.Current;
        team.Run(_slices, _kernels.PackBackward, &call);
        team.Run(_slices, _kernels.Backward, &call);
        if (call.WantsWeights)
        {
            team.Run(_slices, _kernels.WriteGradients, &call);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ready = false;
        _saved?.Dispose();
    }

    private static (long Operands, long Gates) FloatsKept(SequenceLayout layout)
    {
        SequenceShape shape = layout.Shape;
        return ((long)shape.Batch * (shape.Steps + 1) * layout.OperandStride, (long)shape.Batch * shape.Steps * layout.GateStride);
    }

    private static bool WantsProducts(in LayerWeights gradients) =>
        gradients.Ih != null || gradients.Hh != null || gradients.Bias != null
        || gradients.Ci != null || gradients.Cf != null || gradients.Cc != null || gradients.Co != null;
}

/// <summary>The kernels, compiled for one vector width.</summary>
internal sealed unsafe class KernelSet
{
    /// <summary>Floats in a vector.</summary>
    public required int Width { get; init; }

    public required delegate*<void*, int, void> PackForward { get; init; }

    public required delegate*<void*, int, void> Forward { get; init; }

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
        if (Vector512.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Avx512F.IsSupported)
        {
            sets.Add(Of<Lanes512, Vector512<float>>(Lanes512.Width));
        }

        if (Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Avx.IsSupported)
        {
            sets.Add(Of<Lanes256, Vector256<float>>(Lanes256.Width));
        }

        sets.Add(Of<Lanes128, Vector128<float>>(Lanes128.Width));
        return sets;
    }

    private static KernelSet Of<L, V>(int width)
        where L : struct, ILanes<V>
        where V : struct => new()
        {
            Width = width,
            PackForward = &ForwardKernel<L, V>.Pack,
            Forward = &ForwardKernel<L, V>.Run,
            PackBackward = &BackwardKernel<L, V>.Pack,
            Backward = &BackwardKernel<L, V>.Run,
            WriteGradients = &BackwardKernel<L, V>.Write,
        };
}
