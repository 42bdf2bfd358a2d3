using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// The weights as the backward products read them: a row per pre-activation, in the order o i f g of dA, and the lanes
/// along what the weight multiplied: [h | x], or c.
/// </summary>
internal unsafe struct TransposedWeights
{
    private SequenceLayout _layout;
    private float* _states;
    private float* _seeing;
    private float* _output;

    /// <summary>Columns of the product that gives dh and, where it is wanted, dx.</summary>
    public int StateColumns { get; private set; }

    public static long Bytes(in SequenceLayout layout) =>
        Workspace.Piece(4L * layout.Shape.HiddenSize * SequenceLayout.RoundUp(layout.Shape.HiddenSize + layout.Shape.InputSize, layout.Width))
        + Workspace.Piece((long)layout.Seeing * layout.Shape.HiddenSize * layout.HiddenStride)
        + Workspace.Piece((long)layout.Shape.HiddenSize * layout.HiddenStride);

    public static TransposedWeights Place(in SequenceLayout layout, bool wantsInput, Workspace workspace)
    {
        int hidden = layout.Shape.HiddenSize;
        int columns = hidden + (wantsInput ? layout.Shape.InputSize : 0);
        return new()
        {
            _layout = layout,
            StateColumns = columns,
            _states = workspace.Take(4L * hidden * SequenceLayout.RoundUp(columns, layout.Width)),
            _seeing = workspace.Take((long)layout.Seeing * hidden * layout.HiddenStride),
            _output = workspace.Take((long)hidden * layout.HiddenStride),
        };
    }

    /// <summary>[4H, width] panels of [W_h | W_x].</summary>
    public readonly float* States => _states;

    /// <summary>[gates · H, width] panels of the peephole matrices of c_{t-1}.</summary>
    public readonly float* Seeing => _seeing;

    /// <summary>[H, width] panels of W_co.</summary>
    public readonly float* Output => _output;

    /// <summary>Packs the rows of one part of <paramref name="parts"/>.</summary>
    public readonly void Fill(in LayerWeights weights, int panelVectors, int part, int parts)
    {
        int hidden = _layout.Shape.HiddenSize;
        int input = StateColumns - hidden;
        var states = new PanelSplit(SequenceLayout.RoundUp(StateColumns, _layout.Width) / _layout.Width, panelVectors);
        var cells = new PanelSplit(_layout.HiddenStride / _layout.Width, panelVectors);
        for (int unit = hidden * part / parts; unit < hidden * (part + 1) / parts; unit++)
        {
            for (int gate = 0; gate < 4; gate++)
            {
                long row = ((long)gate * hidden) + unit;
                long target = ((long)GradientOrder(gate) * hidden) + unit;
                FillRow(_states, 4L * hidden, target, states, weights.Hh + (row * hidden), hidden, weights.Ih + (row * input), input);
            }

            for (int gate = _layout.FirstSeeing; gate < _layout.EndSeeing; gate++)
            {
                long target = ((long)(gate - _layout.FirstSeeing) * hidden) + unit;
                bool connected = _layout.Shape.Full((PeepholeConnections)(1 << gate));
                float* row = connected ? weights.Peephole(gate) + ((long)unit * hidden) : null;
                FillRow(_seeing, (long)_layout.Seeing * hidden, target, cells, row, connected ? hidden : 0, null, 0);
            }

            if (_layout.OutputSeesMatrix)
            {
                FillRow(_output, hidden, unit, cells, weights.Co + ((long)unit * hidden), hidden, null, 0);
            }
        }
    }

    /// <summary>Where a gate's columns stand in dA: i f g o to o i f g.</summary>
    public static int GradientOrder(int gate) => (gate + 1) % 4;

    // Row `row` of [first | second | 0], spread over panels of `rows` rows each.
    private readonly void FillRow(
        float* panels, long rows, long row, PanelSplit split, float* first, int firstCount, float* second, int secondCount)
    {
        int v = _layout.Width;
        for (int panel = 0; panel < split.Count; panel++)
        {
            int start = split.Start(panel) * v;
            int columns = (split.Start(panel + 1) * v) - start;
            var target = new Span<float>(panels + (rows * start) + (row * columns), columns);
            int fromFirst = Math.Clamp(firstCount - start, 0, columns);
            int skipped = Math.Max(0, start - firstCount);
            int fromSecond = Math.Clamp(secondCount - skipped, 0, columns - fromFirst);
            new ReadOnlySpan<float>(first + start, fromFirst).CopyTo(target);
            new ReadOnlySpan<float>(second + skipped, fromSecond).CopyTo(target[fromFirst..]);
            target[(fromFirst + fromSecond)..].Clear();
        }
    }
}
