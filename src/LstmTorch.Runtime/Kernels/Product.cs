using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>Matrix products of any number of rows by one panel of vectors, cut into register tiles.</summary>
internal static unsafe class Product<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    private const int TileRows = 6;

    /// <summary>
    /// out[r, j] (+)= Σ_k a[r·rowStride + k·termStride] · w[k·weightStride + j] for all rows and vectors.
    /// </summary>
    /// <inheritdoc cref="RegisterTile{L, V}.Run{R, W}"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* a, nint rowStride, nint termStride, int rows, int terms,
        float* w, nint weightStride, int vectors,
        float* target, nint targetStride, int lastLanes, bool accumulate)
    {
        for (int done = 0; done < vectors;)
        {
            int width = Math.Min(vectors - done, L.PanelVectors);
            int lanes = done + width == vectors ? lastLanes : L.Width;
            float* weights = w + (done * L.Width);
            float* result = target + (done * L.Width);
            switch (width)
            {
                case 4:
                    Rows<Four>(
                        a, rowStride, termStride, rows, terms, weights, weightStride,
                        result, targetStride, lanes, accumulate);
                    break;
                case 3:
                    Rows<Three>(
                        a, rowStride, termStride, rows, terms, weights, weightStride,
                        result, targetStride, lanes, accumulate);
                    break;
                case 2:
                    Rows<Two>(
                        a, rowStride, termStride, rows, terms, weights, weightStride,
                        result, targetStride, lanes, accumulate);
                    break;
                default:
                    Rows<One>(
                        a, rowStride, termStride, rows, terms, weights, weightStride,
                        result, targetStride, lanes, accumulate);
                    break;
            }

            done += width;
        }
    }

    /// <summary>
    /// The same by weights in panels [terms, width] of a <see cref="PanelSplit"/>, one after another; whole vectors
    /// are written.
    /// </summary>
    /// <remarks>Going down, the last panel is worked first; see <see cref="SequenceLayout.BlockAt"/>.</remarks>
    public static void RunPanels(
        float* a, nint rowStride, int rows, int terms,
        float* panels, int vectors,
        float* target, nint targetStride, bool accumulate, bool down)
    {
        int v = L.Width;
        var split = new PanelSplit(vectors, L.PanelVectors);
        for (int turn = 0; turn < split.Count; turn++)
        {
            int panel = down ? split.Count - 1 - turn : turn;
            int first = split.Start(panel);
            int width = split.Start(panel + 1) - first;
            Run(
                a, rowStride, 1, rows, terms, panels + ((nint)terms * first * v), width * v, width,
                target + (first * v), targetStride, v, accumulate);
        }
    }

    // Tiles of nearly equal height: 8 rows are 4 + 4, not 6 + 2, because short tiles wait for their own sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<W>(
        float* a, nint rowStride, nint termStride, int rows, int terms,
        float* w, nint weightStride,
        float* target, nint targetStride, int lastLanes, bool accumulate)
        where W : struct, IExtent
    {
        for (int tiles = (rows + TileRows - 1) / TileRows; tiles > 0; tiles--)
        {
            int height = (rows + tiles - 1) / tiles;
            switch (height)
            {
                case 6:
                    RegisterTile<L, V>.Run<Six, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
                case 5:
                    RegisterTile<L, V>.Run<Five, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
                case 4:
                    RegisterTile<L, V>.Run<Four, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
                case 3:
                    RegisterTile<L, V>.Run<Three, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
                case 2:
                    RegisterTile<L, V>.Run<Two, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
                default:
                    RegisterTile<L, V>.Run<One, W>(
                        a, rowStride, termStride, terms, w, weightStride,
                        target, targetStride, lastLanes, accumulate);
                    break;
            }

            rows -= height;
            a += height * rowStride;
            target += height * targetStride;
        }
    }

    private readonly struct One : IExtent
    {
        public static int Value => 1;
    }

    private readonly struct Two : IExtent
    {
        public static int Value => 2;
    }

    private readonly struct Three : IExtent
    {
        public static int Value => 3;
    }

    private readonly struct Four : IExtent
    {
        public static int Value => 4;
    }

    private readonly struct Five : IExtent
    {
        public static int Value => 5;
    }

    private readonly struct Six : IExtent
    {
        public static int Value => 6;
    }
}
