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
    private readonly int _sharing;
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
    /// <param name="sharing">How many workers share the units of a lone sequence; null for as many as pay.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1, or there are more slices than sequences.</exception>
    public LstmSequence(
        in SequenceShape shape, bool keepsForBackward, KernelSet? kernels = null, int? slices = null, void* keepIn = null, int? sharing = null)
    {
        shape.Check();
        _kernels = kernels ?? KernelSet.Widest;
        _layout = new SequenceLayout(shape, _kernels.Width);
        _slices = slices ?? (shape.Flops < SmallestSharedFlops ? 1 : Math.Min(WorkerTeam.Threads, shape.Batch));
        ArgumentOutOfRangeException.ThrowIfNotEqual(Math.Clamp(_slices, 1, shape.Batch), _slices, nameof(slices));
        _sharing = sharing ?? (slices is null ? _kernels.SharedWorkers(_layout, WorkerTeam.Threads) : 1);
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
    public void Forward(
        in LayerWeights weights, StridedSequence x, float* h0, float* c0, StridedSequence y, float* hn, float* cn)
    {
        using Workspace workspace = Workspace.Rent(PackedWeights.Bytes(_layout) + ForwardBytes());
        var call = new ForwardCall { Weights = weights, Packed = PackedWeights.Place(_layout, workspace), Slices = ForwardParts };
        WorkerTeam.Current.Run(ForwardParts, _kernels.PackForward, &call);
        Forward(call, workspace, x, h0, c0, y, hn, cn);
    }

    /// <summary>Computes y, h_n and c_n with weights that were packed before: for many short runs.</summary>
    /// <exception cref="ArgumentException">The layer's sizes, peepholes or vector width are others.</exception>
    /// <inheritdoc cref="Forward(in LayerWeights, StridedSequence, float*, float*, StridedSequence, float*, float*)"/>
    public void Forward(
        PackedLayer layer, StridedSequence x, float* h0, float* c0, StridedSequence y, float* hn, float* cn)
    {
        if (layer.Kernels.Width != _kernels.Width || layer.Shape != _layout.Shape with { Batch = 1, Steps = 1 })
        {
            throw new ArgumentException($"The layer was packed for {layer.Shape}, the sequence has {_layout.Shape}.", nameof(layer));
        }

        using Workspace workspace = Workspace.Rent(ForwardBytes());
        Forward(new ForwardCall { Packed = layer.Weights, Slices = ForwardParts }, workspace, x, h0, c0, y, hn, cn);
        GC.KeepAlive(layer);
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

        GC.KeepAlive(this);
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

    private long OwnOperands => _keeps ? 0 : 2L * _layout.Shape.Batch * _layout.OperandStride;

    private int ForwardParts => Math.Max(_slices, _sharing);

    private long ForwardScratch => _layout.Shape.Batch * ForwardCall.ScratchRow(_layout, _sharing);

    private long ForwardBytes() =>
        Workspace.Piece(OwnOperands) + Workspace.Piece(ForwardScratch) + Workspace.Piece(Meeting.Floats(_sharing));

    private void Forward(
        ForwardCall call, Workspace workspace, StridedSequence x, float* h0, float* c0, StridedSequence y, float* hn, float* cn)
    {
        call.Layout = _layout;
        call.Slots = _keeps ? _layout.Shape.Steps + 1 : 2;
        call.Operands = _keeps ? _operands : workspace.Take(OwnOperands);
        call.Gates = _gates;
        call.X = x;
        call.Y = y;
        call.H0 = h0;
        call.C0 = c0;
        call.Hn = hn;
        call.Cn = cn;
        call.Scratch = workspace.Take(ForwardScratch);
        if (_sharing > 1)
            call.Meeting = new Meeting(_sharing, workspace);
        WorkerTeam.Current.Run(ForwardParts, _sharing > 1 ? _kernels.SharedForward : _kernels.Forward, &call);
        _ready = _keeps;

        // The workers hold only pointers: without this the saved memory could be finalized under them.
        GC.KeepAlive(this);
    }

    private static bool WantsProducts(in LayerWeights gradients) =>
        gradients.Ih != null || gradients.Hh != null || gradients.Bias != null
        || gradients.Ci != null || gradients.Cf != null || gradients.Cc != null || gradients.Co != null;
}
