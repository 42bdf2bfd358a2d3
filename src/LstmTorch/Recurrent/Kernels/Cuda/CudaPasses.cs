namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The two passes of a plan: registers, shared memory and exchange of each.</summary>
/// <remarks>
/// A thread has 255 registers. What the kernels need beside weights was read off compiled kernels and is given here in round numbers; the
/// tests compile the plans, where a compiler is at hand, and see that weights do not spill.
/// </remarks>
internal static class CudaPasses
{
    private const int Registers = 256, RegistersPerTile = 4, MostTilesInRegisters = 32;

    /// <summary>Bytes of a tile of 16 x 8 numbers as a warp holds it: 4 words a lane.</summary>
    private const int BytesPerLane = 16;

    /// <summary>From here on the sums of all warps are so large that a second buffer would take the room of weights.</summary>
    private const int TilesOfOneBuffer = 4;

    /// <summary>Tiles of dh, and as many of dc, that a warp can hold while it waits.</summary>
    private const int MostSumsHeld = 8;

    private static readonly string[] s_common = ["hardware.cuh", "exchange.cuh", "tiles.cuh"];

    /// <summary>The forward pass, or null if the shape does not fit.</summary>
    public static CudaLaunch? Forward(CudaDeviceFacts device, CudaShape shape, CudaPlan.Geometry at, int groups)
    {
        int chunk = Chunk(at.Blocks, at.Tiles);
        int sums = at.Warps * 4 * at.Tiles * 32 * BytesPerLane, exchange = OwnExchange(at);

        // Two buffers spare a barrier a step; where weights need the room, or another barrier is there anyway, one will do.
        int buffers = at.IsFull || at.Tiles == TilesOfOneBuffer ? 1 : 2;
        int inUse = 40 + (12 * at.Mine) + (16 * at.Tiles) + ArrivalRegisters(chunk, at.Blocks, at.Tiles);
        int tiles = at.Blocks * 8;
        if (Shelves.Of(tiles, at, Registers - inUse, device.SharedBytesPerBlock - exchange - (buffers * sums)) is not { } shelves)
            return null;

        return Launch(
            "forward",
            [.. s_common, "forward.cu"],
            [.. Defines(shape, at, shelves), $"-DCHUNK={chunk}", $"-DSUM_BUFFERS={buffers}"],
            at,
            groups,
            exchange + (buffers * sums) + shelves.SharedBytes(at),
            2L * at.Vectors * groups * at.Members * at.Pairs,
            tiles,
            shelves);
    }

    /// <summary>The backward pass, or null if the shape does not fit.</summary>
    public static CudaLaunch? Backward(CudaDeviceFacts device, CudaShape shape, CudaPlan.Geometry at, int groups)
    {
        int split = Split(at), pairs = 34 + (26 * at.Mine), sums = at.Warps * at.Tiles * 32 * BytesPerLane;
        if (split > 1)
            return SplitBackward(device, shape, at, groups, split, pairs, sums);

        // The sums of dh and dc of all receivers are held at once where peepholes are matrices; else those of a few, and da.
        int chunk = Chunk(at.Blocks, at.Tiles), atOnce = at.IsFull ? at.Blocks : ReceiversAtOnce(at);
        int held = at.IsFull ? 8 * at.Blocks * at.Tiles : (4 * atOnce * at.Tiles) + (4 * at.Tiles);
        int exchange = OwnExchange(at), operands = 4 * at.Pairs * sizeof(float), tiles = at.Blocks * 8;
        if (at.IsFull && at.Blocks * at.Tiles > MostSumsHeld)
            return null;
        if (Shelves.Of(tiles, at, Registers - pairs - held, device.SharedBytesPerBlock - exchange - sums - operands) is not { } shelves)
            return null;

        return Launch(
            "backward",
            [.. s_common, "gradients.cuh", "backward.cu"],
            [.. Defines(shape, at, shelves), $"-DCHUNK={chunk}", $"-DAT_ONCE={atOnce}"],
            at,
            groups,
            exchange + sums + operands + shelves.SharedBytes(at),
            2L * at.Vectors * groups * at.Members * at.Members * at.Pairs,
            tiles,
            shelves);
    }

    private static CudaLaunch? SplitBackward(
        CudaDeviceFacts device, CudaShape shape, CudaPlan.Geometry at, int groups, int split, int pairs, int sums)
    {
        int senders = at.Members / split, receivers = senders / at.Warps, tiles = 4 * split * receivers * 2;
        int inUse = pairs + 16 + (4 * receivers * at.Tiles) + (8 * at.Tiles);
        if (Shelves.Of(tiles, at, Registers - inUse, device.SharedBytesPerBlock - sums) is not { } shelves)
            return null;

        long blocks = (long)groups * at.Members;
        return Launch(
            "backward",
            [.. s_common, "gradients.cuh", "backward_split.cu"],
            [.. Defines(shape, at, shelves), $"-DSPLIT={split}"],
            at,
            groups,
            sums + shelves.SharedBytes(at),
            (2L * at.Vectors * blocks * senders * at.Pairs) + (2L * blocks * 4 * at.Pairs),
            tiles,
            shelves);
    }

    /// <summary>Into how many parts the hidden units are split on the way back; 1 for not at all.</summary>
    private static int Split(CudaPlan.Geometry at)
    {
        if (at.Tier == CudaTier.Cluster)
            return 1;
        int split = at.Members < 64 ? at.IsFull && at.Blocks * at.Tiles > MostSumsHeld ? 2 : 1 : at.IsFull ? 4 : 2;
        return at.Blocks % split == 0 ? split : 1;
    }

    /// <summary>How many blocks of 16 a warp asks for at once: all, or a few while the ones before are multiplied.</summary>
    private static int Chunk(int blocks, int tiles) =>
        blocks * tiles <= 8 ? blocks : Enumerable.Range(1, blocks).Last(chunk => blocks % chunk == 0 && (chunk == 1 || chunk * tiles <= 4));

    /// <summary>Of how many receivers a warp holds the sums: products for different ones overlap, and more would not fit its registers.</summary>
    private static int ReceiversAtOnce(CudaPlan.Geometry at) =>
        Enumerable.Range(1, at.Blocks).Last(count => count == 1 || (at.Blocks % count == 0 && count * at.Tiles <= MostSumsHeld));

    private static int ArrivalRegisters(int chunk, int blocks, int tiles) => 4 * chunk * tiles * (chunk < blocks ? 2 : 1);

    /// <summary>Bytes of a block's own shared memory into which the members of its cluster write.</summary>
    private static int OwnExchange(CudaPlan.Geometry at) =>
        at.Tier == CudaTier.Cluster ? at.Vectors * 2 * at.Members * at.Pairs * sizeof(float) : 0;

    private static IEnumerable<string> Defines(CudaShape shape, CudaPlan.Geometry at, Shelves shelves) =>
    [
        $"-DUNITS={at.Units}",
        $"-DROWS={at.Rows}",
        $"-DWARPS={at.Warps}",
        $"-DCLUSTER={(at.Tier == CudaTier.Cluster ? 1 : 0)}",
        $"-DFULL={(at.IsFull ? 1 : 0)}",
        $"-DSEES={(shape.Peephole.Kind == Runtime.Model.PeepholeKind.None ? 0 : (int)shape.Peephole.Connections)}",
        $"-DEXACT={(shape.Exact ? 1 : 0)}",
        $"-DH_REGISTERS={shelves.HRegisters}",
        $"-DH_SHARED={shelves.HShared}",
        $"-DC_REGISTERS={shelves.CRegisters}",
        $"-DC_SHARED={shelves.CShared}",
        $"-DSTREAMS={(shelves.Streams ? 1 : 0)}",
    ];

    private static CudaLaunch Launch(
        string function,
        IReadOnlyList<string> parts,
        IReadOnlyList<string> defines,
        CudaPlan.Geometry at,
        int groups,
        int sharedBytes,
        long exchangeWords,
        int tiles,
        Shelves shelves)
    {
        bool inCluster = at.Tier == CudaTier.Cluster;
        long packed = shelves.Streams ? (long)at.Members * tiles * at.Threads * BytesPerLane : 0;
        return new CudaLaunch(
            function, parts, defines, groups * at.Members, at.Threads, inCluster ? at.Members : 0, sharedBytes, groups * at.Rows, inCluster ? 0 : exchangeWords)
        {
            PackedBytes = (packed, at.IsFull ? packed : 0),
            Pack = shelves.Streams ? new CudaLaunch($"pack_{function}", parts, defines, at.Members, at.Threads, 0, 0, 0, 0) : null,
        };
    }

    /// <summary>Where the tiles of a thread's weights live: what is in neither place is streamed.</summary>
    private readonly record struct Shelves(int Tiles, bool IsFull, int HRegisters, int HShared, int CRegisters, int CShared)
    {
        public bool Streams => HRegisters + HShared < Tiles || (IsFull && CRegisters + CShared < Tiles);

        public int SharedBytes(CudaPlan.Geometry at) => (HShared + CShared) * at.Threads * BytesPerLane;

        /// <summary>Fills registers first, then shared memory, W_h before the peepholes. In a cluster nothing is streamed.</summary>
        public static Shelves? Of(int tiles, CudaPlan.Geometry at, int registers, int sharedBytes)
        {
            int inRegisters = Math.Min(MostTilesInRegisters, registers / RegistersPerTile), inShared = sharedBytes / (at.Threads * BytesPerLane);
            if (inRegisters < 0 || inShared < 0)
                return null;
            int hRegisters = Math.Min(tiles, inRegisters), hShared = Math.Min(tiles - hRegisters, inShared);
            int cRegisters = at.IsFull ? Math.Min(tiles, inRegisters - hRegisters) : 0;
            int cShared = at.IsFull ? Math.Min(tiles - cRegisters, inShared - hShared) : 0;
            var shelves = new Shelves(tiles, at.IsFull, hRegisters, hShared, cRegisters, cShared);
            return at.Tier == CudaTier.Cluster && shelves.Streams ? null : shelves;
        }
    }
}
