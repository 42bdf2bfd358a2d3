using LstmTorch.Runtime.Kernels;

namespace LstmTorch.Runtime.Inference;

/// <summary>
/// Sequences on their way through all layers, some steps at a time: their inputs, and the h and c of every layer. For one
/// caller at a time; its memory goes with it.
/// </summary>
internal sealed unsafe class NetworkRun
{
    private readonly PackedNetwork _network;
    private readonly Workspace _memory;
    private readonly float* _levels;
    private readonly float* _past;
    private readonly float* _known;
    private readonly float* _decoded;
    private readonly float* _input;
    private readonly float* _scratch;
    private readonly long _stateFloats;

    // What one layer writes and the next one reads, and the states before and after: an output may not overlap an input.
    private float* _below;
    private float* _above;
    private float* _now;
    private float* _next;
    private bool _atStart = true;

    /// <summary>Takes the memory.</summary>
    /// <param name="network">The model.</param>
    /// <param name="rows">Sequences at a time, at most.</param>
    /// <param name="steps">Steps at a time, at most.</param>
    public NetworkRun(PackedNetwork network, int rows, int steps)
    {
        _network = network;
        Rows = rows;
        Steps = steps;
        long input = (long)rows * steps * network.StepSize;
        long between = network.Layers.Length == 1 ? 0 : (long)rows * steps * network.Layers.Max(layer => layer.Shape.HiddenSize);
        long scratch = network.Layers.Max(layer => layer.ScratchFloats(rows, steps));
        _stateFloats = 2L * rows * network.Layers.Sum(layer => (long)layer.Shape.HiddenSize);
        _memory = Workspace.Rent(
            Workspace.Piece(WindowLevels.Floats(network) * rows) + Workspace.Piece(PastSize * rows)
            + Workspace.Piece((long)network.KnownSize * rows) + Workspace.Piece(DecodedSize) + Workspace.Piece(input)
            + (2 * Workspace.Piece(between)) + (2 * Workspace.Piece(_stateFloats)) + Workspace.Piece(scratch));
        _levels = _memory.Take(WindowLevels.Floats(network) * rows);
        _past = _memory.Take(PastSize * rows);
        _known = _memory.Take((long)network.KnownSize * rows);
        _decoded = _memory.Take(DecodedSize);
        _input = _memory.Take(input);
        _below = _memory.Take(between);
        _above = _memory.Take(between);
        _now = _memory.Take(_stateFloats);
        _next = _memory.Take(_stateFloats);
        _scratch = _memory.Take(scratch);
    }

    /// <summary>Sequences at a time, at most.</summary>
    public int Rows { get; }

    /// <summary>Steps at a time, at most.</summary>
    public int Steps { get; }

    /// <summary>The scaled inputs of the next steps, [steps, rows, patch · D], for the caller to fill.</summary>
    public float* Input => _input;

    private long DecodedSize => _network.Decoder is { } decoder ? decoder.ScratchFloats + decoder.AddedFloats : 0;

    private long PastSize => (long)_network.TargetColumns.Length * _network.HighwaySize;

    /// <summary>
    /// h, then c, of each layer, [rows, H] each; of as many sequences as there is room for. Zeros at the start.
    /// </summary>
    public Span<float> State
    {
        get
        {
            var state = new Span<float>(_now, checked((int)_stateFloats));
            if (_atStart)
                state.Clear();
            _atStart = false;
            return state;
        }
    }

    /// <summary>What is taken from the window of one of the sequences.</summary>
    public WindowLevels Levels(int row) => new(_network, _levels + (row * WindowLevels.Floats(_network)));

    /// <summary>Keeps the targets of one row of one window for the highway, if there is one.</summary>
    /// <param name="row">The window.</param>
    /// <param name="step">The row's place in it.</param>
    /// <param name="scaled">The row as the layers see it, [D].</param>
    public void KeepPast(int row, int step, float* scaled)
    {
        for (int target = 0; target < _network.TargetColumns.Length && _network.HighwaySize > 0; target++)
            _past[(row * PastSize) + ((long)target * _network.HighwaySize) + step] = scaled[_network.TargetColumns[target]];
    }

    /// <summary>The known covariates of one of the sequences, scaled, [horizon, covariates], for the caller to fill.</summary>
    public Span<float> Known(int row) => new(_known + ((long)row * _network.KnownSize), _network.KnownSize);

    /// <summary>Begins new sequences: all states are zero.</summary>
    public void Restart() => _atStart = true;

    /// <summary>Carries the states over the steps in <see cref="Input"/>.</summary>
    /// <param name="rows">Sequences; the same number since the start.</param>
    /// <param name="steps">Steps.</param>
    public void Advance(int rows, int steps)
    {
        StridedSequence x = StridedSequence.TimeMajor(_input, rows, _network.StepSize);
        long offset = 0;
        foreach (PackedLayer layer in _network.Layers)
        {
            int hidden = layer.Shape.HiddenSize;
            long cell = offset + ((long)Rows * hidden);
            bool isLast = layer == _network.Layers[^1];
            StridedSequence y = isLast ? default : StridedSequence.TimeMajor(_above, rows, hidden);
            layer.Forward(
                rows, steps, _scratch, x, _atStart ? null : _now + offset, _atStart ? null : _now + cell, y, _next + offset, _next + cell);
            x = y;
            offset = cell + ((long)Rows * hidden);
            float* written = _above;
            _above = _below;
            _below = written;
        }

        float* before = _now;
        _now = _next;
        _next = before;
        _atStart = false;
    }

    /// <summary>The forecast of one of the sequences, from the last h of the last layer.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="forecast">[<see cref="Model.ForecasterConfig.NetworkSteps"/>, targets], in original units; with all quantiles [steps, targets, quantiles].</param>
    /// <param name="allQuantiles">Whether all of them are wanted, and not the median alone.</param>
    public void Project<T>(int row, Span<T> forecast, bool allQuantiles)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        int hidden = _network.Layers[^1].Shape.HiddenSize;
        float* last = _now + _stateFloats - (2L * Rows * hidden);
        var past = new ReadOnlySpan<float>(_past + (row * PastSize), (int)PastSize);
        var state = new ReadOnlySpan<float>(last + ((long)row * hidden), hidden);
        Span<float> added = default;
        if (_network.Decoder is { } decoder)
        {
            added = new Span<float>(_decoded + decoder.ScratchFloats, decoder.AddedFloats);
            decoder.Decode(state, Known(row), new Span<float>(_decoded, decoder.ScratchFloats), added);
        }

        _network.Project(state, past, Levels(row), added, forecast, allQuantiles);
        GC.KeepAlive(_memory);
    }
}
