namespace LstmTorch.Runtime.Kernels;

/// <summary>Consecutive vectors cut into panels of nearly equal width, none wider than a register tile.</summary>
internal readonly record struct PanelSplit(int Vectors, int Widest)
{
    public int Count => (Vectors + Widest - 1) / Widest;

    /// <summary>The first vector of a panel; that of panel <see cref="Count"/> is the end.</summary>
    public int Start(int panel) => (int)((long)Vectors * panel / Count);
}

/// <summary>
/// The weights as the forward products read them: for each block of units one stream with a row per term, whose columns
/// are the block's gates.
/// </summary>
internal unsafe struct PackedWeights
{
    private SequenceLayout _layout;
    private float* _gates;
    private float* _seeing;
    private float* _output;
    private float* _diagonal;

    /// <summary>Floats that <see cref="Place"/> takes, in pieces.</summary>
    public static long Bytes(in SequenceLayout layout)
    {
        long columns = GateColumns(layout, 4);
        return Workspace.Piece(columns * layout.GateTerms)
            + Workspace.Piece(GateColumns(layout, layout.Seeing) * layout.Shape.HiddenSize)
            + Workspace.Piece((long)layout.HiddenStride * layout.Shape.HiddenSize)
            + Workspace.Piece(4L * layout.HiddenStride);
    }

    /// <summary>Takes the memory.</summary>
    public static PackedWeights Place(in SequenceLayout layout, Workspace workspace) => new()
    {
        _layout = layout,
        _gates = workspace.Take(GateColumns(layout, 4) * layout.GateTerms),
        _seeing = workspace.Take(GateColumns(layout, layout.Seeing) * layout.Shape.HiddenSize),
        _output = workspace.Take((long)layout.HiddenStride * layout.Shape.HiddenSize),
        _diagonal = workspace.Take(4L * layout.HiddenStride),
    };

    /// <summary>The stream [H + D + 1, 4 units] of a block, rows as the operands': h, x, 1.</summary>
    public readonly float* Gates(int block) => _gates + (4L * block * _layout.Width * _layout.GateTerms);

    /// <summary>The stream [H, gates · units] of a block for c_{t-1}.</summary>
    public readonly float* Seeing(int block) => _seeing + ((long)_layout.Seeing * block * _layout.Width * _layout.Shape.HiddenSize);

    /// <summary>W_co transposed, in panels [H, width] of a <see cref="PanelSplit"/>.</summary>
    public readonly float* Output => _output;

    /// <summary>The diagonal weights of a gate [H], 0 where it does not see the cell.</summary>
    public readonly float* Diagonal(int gate) => _diagonal + (gate * _layout.HiddenStride);

    /// <summary>Packs the blocks of one part of <paramref name="parts"/>.</summary>
    public readonly void Fill(in LayerWeights weights, int panelVectors, int part, int parts)
    {
        SequenceShape shape = _layout.Shape;
        int hidden = shape.HiddenSize;
        for (int block = part; block < _layout.BlockCount; block += parts)
        {
            int units = _layout.Units(block);
            int columns = _layout.Vectors(block, 4) * _layout.Width;
            float* panel = Gates(block);
            ClearColumns(panel, columns, 4 * units, _layout.GateTerms);
            for (int gate = 0; gate < 4; gate++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    long row = ((long)gate * hidden) + (block * _layout.Width) + unit;
                    float* column = panel + (gate * units) + unit;
                    column = Scatter(weights.Hh + (row * hidden), hidden, column, columns);
                    column = Scatter(weights.Ih + (row * shape.InputSize), shape.InputSize, column, columns);
                    *column = weights.Bias == null ? 0f : weights.Bias[row];
                }
            }

            FillSeeing(weights, block);
        }

        if (_layout.OutputSeesMatrix)
        {
            FillOutput(weights, new PanelSplit(_layout.HiddenStride / _layout.Width, panelVectors), part, parts);
        }

        if (part == 0)
        {
            for (int gate = 0; gate < 4; gate++)
            {
                var target = new Span<float>(Diagonal(gate), _layout.HiddenStride);
                target.Clear();
                if (shape.Diagonal((Model.PeepholeConnections)(1 << gate)))
                {
                    new ReadOnlySpan<float>(weights.Peephole(gate), hidden).CopyTo(target);
                }
            }
        }
    }

    private readonly void FillSeeing(in LayerWeights weights, int block)
    {
        int hidden = _layout.Shape.HiddenSize;
        int units = _layout.Units(block);
        int columns = _layout.Vectors(block, _layout.Seeing) * _layout.Width;
        float* panel = Seeing(block);
        if (_layout.Seeing == 0)
        {
            return;
        }

        new Span<float>(panel, columns * hidden).Clear();
        for (int gate = _layout.FirstSeeing; gate < _layout.EndSeeing; gate++)
        {
            for (int unit = 0; unit < units && _layout.Shape.Full((Model.PeepholeConnections)(1 << gate)); unit++)
            {
                float* row = weights.Peephole(gate) + ((long)hidden * ((block * _layout.Width) + unit));
                Scatter(row, hidden, panel + ((gate - _layout.FirstSeeing) * units) + unit, columns);
            }
        }
    }

    private readonly void FillOutput(in LayerWeights weights, PanelSplit split, int part, int parts)
    {
        int hidden = _layout.Shape.HiddenSize;
        for (int p = part; p < split.Count; p += parts)
        {
            int first = split.Start(p) * _layout.Width;
            int columns = (split.Start(p + 1) * _layout.Width) - first;
            float* panel = _output + ((long)first * hidden);
            ClearColumns(panel, columns, hidden - first, hidden);
            for (int column = 0; column < Math.Min(columns, hidden - first); column++)
            {
                Scatter(weights.Co + ((long)hidden * (first + column)), hidden, panel + column, columns);
            }
        }
    }

    private static long GateColumns(in SequenceLayout layout, int gates) =>
        layout.Width * (((long)layout.Blocks * gates) + (layout.Tail == 0 ? 0 : layout.Vectors(layout.Blocks, gates)));

    private static float* Scatter(float* row, int count, float* column, int stride)
    {
        for (int k = 0; k < count; k++)
        {
            *column = row[k];
            column += stride;
        }

        return column;
    }

    private static void ClearColumns(float* panel, int columns, int used, int rows)
    {
        for (int k = 0; used < columns && k < rows; k++)
        {
            new Span<float>(panel + ((long)k * columns) + used, columns - used).Clear();
        }
    }
}
