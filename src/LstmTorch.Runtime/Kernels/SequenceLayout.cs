using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// Where everything lies in the kernels' own memory: strides and offsets for one shape and one vector width.
/// </summary>
/// <remarks>
/// <code>
/// operands   a row is [c_{t-1} (H) | h_{t-1} (H) | x_t (D) | 1], a step is the slice's rows, steps follow each other
/// gates      a row is blocks of [i | f | g | o], one vector each; the last block has H mod Width units a gate
/// dA         a row is [o (H) | i (H) | f (H) | g (H)]
/// </code>
/// The last block of units is worked first, with whole vectors: what it writes beyond its units belongs to the blocks
/// that follow, which overwrite it, or to the padding of the row. So H needs no rounding up, and no lane is idle in the
/// products, whose columns are the 4H pre-activations without gaps.
/// </remarks>
internal readonly struct SequenceLayout
{
    /// <summary>Lays out a shape for vectors of <paramref name="width"/> floats.</summary>
    public SequenceLayout(in SequenceShape shape, int width)
    {
        Shape = shape;
        Width = width;
        int hidden = shape.HiddenSize;
        Blocks = hidden / width;
        Tail = hidden % width;
        HiddenStride = RoundUp(hidden, width);
        OperandStride = RowStride(Math.Max((2 * hidden) + shape.InputSize + 1, (2 * hidden) + width));
        GateStride = RowStride((4 * width * Blocks) + (3 * Tail) + width);
        GateGradientStride = RowStride((4 * hidden) + width);
        StateGradientStride = RowStride(RoundUp(hidden + shape.InputSize, width) + width);
        GateTerms = hidden + shape.InputSize + 1;

        FirstSeeing = 0;
        EndSeeing = 0;
        for (int gate = 2; gate >= 0; gate--)
        {
            if (shape.Full((PeepholeConnections)(1 << gate)))
            {
                FirstSeeing = gate;
                EndSeeing = Math.Max(EndSeeing, gate + 1);
            }
        }

        OutputSeesMatrix = shape.Full(PeepholeConnections.Output);
    }

    public SequenceShape Shape { get; }

    /// <summary>Floats in a vector.</summary>
    public int Width { get; }

    /// <summary>Whole vectors of units.</summary>
    public int Blocks { get; }

    /// <summary>Units in the last, short block; 0 if there is none.</summary>
    public int Tail { get; }

    /// <summary>H rounded up to whole vectors.</summary>
    public int HiddenStride { get; }

    public int OperandStride { get; }

    public int GateStride { get; }

    public int GateGradientStride { get; }

    /// <summary>A row of [dh (H) | dx (D)].</summary>
    public int StateGradientStride { get; }

    /// <summary>Terms of a pre-activation without the peepholes: h, x and the bias' 1.</summary>
    public int GateTerms { get; }

    /// <summary>First of the gates i f g with a peephole matrix.</summary>
    public int FirstSeeing { get; }

    /// <summary>One past the last of the gates i f g with a peephole matrix; 0 if there is none.</summary>
    public int EndSeeing { get; }

    /// <summary>Gates from the first to the last of i f g with a peephole matrix.</summary>
    public int Seeing => EndSeeing - FirstSeeing;

    /// <summary>Whether o waits for W_co c_t.</summary>
    public bool OutputSeesMatrix { get; }

    /// <summary>
    /// The block to work <paramref name="turn"/>-th: the short one first, then the others up or down.
    /// </summary>
    /// <remarks>Every other step goes down: it begins with the weights that the last one left in the caches.</remarks>
    public int BlockAt(int turn, bool down)
    {
        if (Tail != 0 && turn == 0)
        {
            return Blocks;
        }

        int whole = Tail == 0 ? turn : turn - 1;
        return down ? Blocks - 1 - whole : whole;
    }

    /// <summary>Number of blocks, the short one included.</summary>
    public int BlockCount => Tail == 0 ? Blocks : Blocks + 1;

    /// <summary>Units of a block.</summary>
    public int Units(int block) => block < Blocks ? Width : Tail;

    /// <summary>Vectors that the columns of <paramref name="gates"/> gates of a block take.</summary>
    public int Vectors(int block, int gates) => ((gates * Units(block)) + Width - 1) / Width;

    /// <summary>Written lanes of the last of those vectors.</summary>
    public int LastLanes(int block, int gates) => (gates * Units(block)) - ((Vectors(block, gates) - 1) * Width);

    /// <summary>The first sequence of a slice of the batch.</summary>
    public int SliceStart(int slice, int slices) => (int)((long)Shape.Batch * slice / slices);

    public static int RoundUp(int count, int unit) => (count + unit - 1) / unit * unit;

    /// <summary>
    /// Rows of an odd number of cache lines, so that equal columns of many rows spread over the cache's sets.
    /// </summary>
    public static int RowStride(int count)
    {
        const int line = 16;
        int lines = (count + line - 1) / line;
        return (lines | 1) * line;
    }
}
