using LstmTorch.Runtime.Model;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// How a layer runs on a device: the tier, the blocks, and where each weight lives. Plain arithmetic, so that it is tested without a device;
/// the sizes are those of tiles.cuh.
/// </summary>
/// <param name="Tier">How blocks exchange numbers.</param>
/// <param name="Forward">The forward pass.</param>
/// <param name="Backward">The backward pass.</param>
internal sealed record CudaPlan(CudaTier Tier, CudaLaunch Forward, CudaLaunch Backward)
{
    /// <summary>Units of a block; and K of a block of weights.</summary>
    private const int Sixteen = 16;

    /// <summary>Beyond it the products of a step cost more than its exchange, and cuBLAS is as good.</summary>
    private const int WidestLayer = 1024;

    /// <summary>The widest layer whose members fit in one cluster.</summary>
    private const int WidestCluster = 256;

    /// <summary>Batch rows of a group: the tensor cores' 8, or a few times as many.</summary>
    private static readonly int[] s_rows = [8, 16, 24, 32];

    /// <summary>The plans for a shape, the one that should be fastest first; none if the layer is too wide or the device too old.</summary>
    /// <param name="device">The device.</param>
    /// <param name="shape">The layer and its batch.</param>
    public static IReadOnlyList<CudaPlan> Candidates(CudaDeviceFacts device, CudaShape shape)
    {
        if (device.Major < 8 || shape.HiddenSize > WidestLayer)
            return [];

        var plans = new List<CudaPlan>();
        int[] useful = [.. s_rows.DistinctBy(rows => Launches(shape.Batch, rows))];
        if (device.Major >= 9 && shape.HiddenSize <= WidestCluster)
            plans.AddRange(useful.Select(rows => Of(device, shape, CudaTier.Cluster, rows)).OfType<CudaPlan>());

        // As few rows a group as let all blocks run at once: more blocks with little work each are faster. A batch that is too large for
        // one launch is cut into several.
        int members = Geometry.Of(shape, CudaTier.Grid, s_rows[0]).Members, groups = device.Multiprocessors / members;
        foreach (int rows in useful.OrderBy(rows => Launches(shape.Batch, groups * rows)).ThenBy(rows => rows))
        {
            if (groups > 0 && Of(device, shape, CudaTier.Grid, rows) is { } plan)
                plans.Add(plan);
        }

        return plans;
    }

    private static int Launches(int batch, int rows) => (batch + Math.Max(rows, 1) - 1) / Math.Max(rows, 1);

    private static CudaPlan? Of(CudaDeviceFacts device, CudaShape shape, CudaTier tier, int rows)
    {
        var geometry = Geometry.Of(shape, tier, rows);
        int groups = Launches(shape.Batch, rows);
        if (tier == CudaTier.Grid)
            groups = Math.Min(groups, device.Multiprocessors / geometry.Members);
        return CudaPasses.Forward(device, shape, geometry, groups) is { } forward && CudaPasses.Backward(device, shape, geometry, groups) is { } backward
            ? new CudaPlan(tier, forward, backward)
            : null;
    }

    /// <summary>Members, warps and rows of a group.</summary>
    /// <param name="Tier">How blocks exchange numbers.</param>
    /// <param name="IsFull">Whether the peepholes are matrices.</param>
    /// <param name="Units">Hidden units with those that fill up the last warp.</param>
    /// <param name="Rows">Batch rows of a group.</param>
    /// <param name="Warps">Warps of a block.</param>
    internal readonly record struct Geometry(CudaTier Tier, bool IsFull, int Units, int Rows, int Warps)
    {
        /// <summary>Blocks of a group, 16 units each.</summary>
        public int Members => Units / Sixteen;

        /// <summary>Tiles of 8 rows.</summary>
        public int Tiles => Rows / 8;

        /// <summary>Threads of a block.</summary>
        public int Threads => 32 * Warps;

        /// <summary>Blocks of 16 units that one warp multiplies.</summary>
        public int Blocks => Members / Warps;

        /// <summary>Pairs of a unit and a row in a block.</summary>
        public int Pairs => Sixteen * Rows;

        /// <summary>Pairs of a thread.</summary>
        public int Mine => (Pairs + Threads - 1) / Threads;

        /// <summary>States that are exchanged: h, and c where peepholes are matrices.</summary>
        public int Vectors => IsFull ? 2 : 1;

        /// <summary>Chooses warps, and fills up the hidden units so that each warp has whole blocks.</summary>
        public static Geometry Of(CudaShape shape, CudaTier tier, int rows)
        {
            bool full = IsMatrix(shape.Peephole);

            // Four warps are as fast as eight and halve the sums over warps; wide layers need the registers of eight.
            int warps = shape.HiddenSize <= 32 ? 2 : shape.HiddenSize <= (full ? 128 : 256) ? 4 : 8;

            // Odd numbers of blocks a warp cannot be split on the way back.
            int step = shape.HiddenSize > (full ? 512 : 768) ? 2 * Sixteen * warps : Sixteen * warps;
            return new Geometry(tier, full, (shape.HiddenSize + step - 1) / step * step, rows, warps);
        }

        /// <summary>Whether the peepholes that there are, if any, are matrices.</summary>
        public static bool IsMatrix(Peephole peephole) => peephole.Kind == PeepholeKind.Full && peephole.Connections != PeepholeConnections.None;
    }
}
