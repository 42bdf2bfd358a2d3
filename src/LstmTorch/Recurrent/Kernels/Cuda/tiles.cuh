// Who computes what, and how the numbers lie.
//
// A group of MEMBERS blocks runs ROWS batch rows through all steps of time; groups know nothing of each other. A block owns 16 hidden
// units and stays with them, its share of the weights stays in its registers and shared memory, and c stays in the register of the one
// thread that owns a pair (unit, row). Many small blocks are faster than few large ones: what counts is the time of one step, not the work.
//
// The letters are those of the cell: gates i f g o, states h and c, W_h and W_c. UNITS is H rounded up; units beyond H have weights of
// zero, so that their h and c are zero, and nothing of them is written.
//
// Defines: UNITS (a multiple of 16 WARPS), ROWS (a multiple of 8), WARPS, CLUSTER (exchange through the shared memory of a cluster, or
// through global memory), FULL (peepholes are matrices), SEES (bits 1 2 4 8: i f g o see the cell), EXACT (float32 by three products of
// TF32, or TF32), CHUNK (how much a warp asks for at once), and how many tiles of each weight live where (Shelf).

constexpr int MEMBERS = UNITS / 16;
constexpr int TILES = ROWS / 8;
constexpr int THREADS = 32 * WARPS;
constexpr int BLOCKS = MEMBERS / WARPS;
constexpr int PAIRS = 16 * ROWS;
constexpr int MINE = (PAIRS + THREADS - 1) / THREADS;
constexpr int I = 0, F = 1, G = 2, O = 3;
constexpr int ALL_GATES = 15, CELL_GATES = 7, OUTPUT_GATE = 8;

// How many steps ahead what a step reads is asked for: a step of a cluster is shorter than a read of device memory takes.
constexpr int AHEAD = CLUSTER ? 4 : 0;

// Where a thread stands. Its pairs are thread, thread + THREADS, ... of the block's; all have the same unit.
struct Place
{
    int thread = threadIdx.x, lane = thread & 31, warp = thread >> 5;
    int member = blockIdx.x % MEMBERS, group = blockIdx.x / MEMBERS;
    int unit = member * 16 + (thread & 15);

    DEVICE int pair(int n) const { return thread + n * THREADS; }
    DEVICE bool has(int n) const { return (n + 1) * THREADS <= PAIRS || pair(n) < PAIRS; }
    DEVICE int row(int n, int first) const { return first + group * ROWS + (pair(n) >> 4); }

    // From this thread's number of a gate of type [B, 4H] to the one it prefetches: the 16 threads of a row share its four gates, 16 bytes each.
    DEVICE int to_prefetched(int H) const { return held((thread >> 2 & 3) * H + (thread & 3) * 4 - (thread & 15)); }
};

DEVICE float sigmoid(float x) { return reciprocal_near(1.f + exp2_near(-1.4426950408889634f * x)); }

// Absolute errors of 1e-7. Where x is small, 1 - 2 / (1 + e^2x) has lost its last digits, and float32 takes the series instead.
DEVICE float hyperbolic_tangent(float x)
{
    float y = fmaf(-2.f, reciprocal_near(1.f + exp2_near(2.885390081777927f * x)), 1.f);
#if EXACT
    float s = x * x;
    if (s < 0.04f)
        y = x * (1.f + s * (-0.33333333f + s * (0.13333333f + s * (-0.053968254f + s * 0.021869489f))));
#endif
    return y;
}

// A number as an operand of tensor cores: rounded once, where it is made. Exact operands are split where they are used.
DEVICE u32 operand(float x) { return EXACT ? bits(x) : round_to_tf32(x); }

// d += A B, with A and B the operands of a lane as tensor_multiply_add takes them.
//
// Exact: x = large + small, each with the ten bits that tensor cores read. large is rounded, so that small has either sign and its error,
// 2^-22 of x, no bias; of the four products small small is below float32. Tensor cores cut their sums, which adds up where they are added to
// again and again: they add up 8 of K, and a float32 addition, which rounds, does the rest (Ootomo and Yokota, "Recovering single precision
// accuracy from Tensor Cores", 2022). Weights are split anew in every step: twice as many would not fit in registers.
struct Multiplier
{
    u32 half, zero;

    // zero is 0, but no compiler knows: a half that may change from step to step keeps what is split within the step.
    DEVICE explicit Multiplier(int T) : half(0x1000u), zero((u32)T >> 31) {}

    DEVICE void begin_step() { half ^= zero; }

    DEVICE u32 large(u32 x) const { return (x + half) & 0xffffe000u; }
    DEVICE u32 small(u32 x) const { return bits(number(x) - number(large(x))); }
    DEVICE uint4 large(uint4 v) const { return make_uint4(large(v.x), large(v.y), large(v.z), large(v.w)); }
    DEVICE uint4 small(uint4 v) const { return make_uint4(small(v.x), small(v.y), small(v.z), small(v.w)); }

    DEVICE void add(float (&d)[4], uint4 a, u32 b0, u32 b1) const
    {
        if (EXACT)
        {
            float product[4] = {};
            tensor_multiply_add(product, small(a), large(b0), large(b1));
            tensor_multiply_add(product, large(a), small(b0), small(b1));
            tensor_multiply_add(product, large(a), large(b0), large(b1));
            UNROLL for (int n = 0; n < 4; n++)
                d[n] += product[n];
        }
        else
        {
            tensor_multiply_add(d, a, b0, b1);
        }
    }

    // The order of K within a block of 16 is free as long as both operands agree. Slot q of half h is k = 4q + 2h, slot q + 4 is k + 1:
    // then the four words at k = 4q of an operand, one load, are b0 and b1 of both halves.
    DEVICE void add(float (&d)[4], uint4 a, uint4 b, int half_of_block) const
    {
        add(d, a, half_of_block ? b.z : b.x, half_of_block ? b.w : b.y);
    }
};

// Four matrices [H, H], one a gate; null for zeros.
struct Matrices
{
    const float* of[4];
    int H;

    DEVICE static Matrices stacked(const float* W, int H)
    {
        u64 size = (u64)H * H;
        return {{W, W + size, W + 2 * size, W + 3 * size}, H};
    }

    DEVICE u32 at(int gate, int row, int column) const
    {
        const float* W = of[gate];
        return W && row < H && column < H ? operand(W[(u64)row * H + column]) : 0u;
    }
};

// The vectors of the diagonal peepholes at this thread's unit.
DEVICE void load_peepholes(float (&p)[4], const Matrices& peepholes, const Place& at)
{
    UNROLL for (int gate = 0; gate < 4; gate++)
        p[gate] = !FULL && SEES >> gate & 1 && at.unit < peepholes.H ? peepholes.of[gate][at.unit] : 0.f;
}

// The four words that one lane holds of W as the left operand of a tile: 16 units of a gate by half a block of 16 of K.
DEVICE uint4 tile_of(const Matrices& W, int gate, int unit_block, int k_block, int half, int lane)
{
    int row = unit_block * 16 + (lane >> 2), k = k_block * 16 + 4 * (lane & 3) + 2 * half;
    return make_uint4(W.at(gate, row, k), W.at(gate, row + 8, k), W.at(gate, row, k + 1), W.at(gate, row + 8, k + 1));
}

// The same of W transposed, for the way back: 16 of K by half of the 16 units of a gate.
DEVICE uint4 transposed_tile_of(const Matrices& W, int gate, int unit_block, int k_block, int half, int lane)
{
    int k = k_block * 16 + (lane >> 2), unit = unit_block * 16 + 4 * (lane & 3) + 2 * half;
    return make_uint4(W.at(gate, unit, k), W.at(gate, unit, k + 8), W.at(gate, unit + 1, k), W.at(gate, unit + 1, k + 8));
}

// A thread's share of a weight, COUNT tiles: the first in registers, the next in shared memory, and what is left is read from global memory,
// where a pack kernel has laid it out, in every step.
template <int COUNT, int IN_REGISTERS, int IN_SHARED> struct Shelf
{
    uint4 kept[IN_REGISTERS > 0 ? IN_REGISTERS : 1];
    const uint4* shared;
    const uint4* streamed;

    // tile(n): the n-th tile of this thread. space: IN_SHARED * THREADS vectors. packed: as pack() laid it out; null where all fits.
    template <typename Tile> DEVICE void fill(const Place& at, uint4* space, const uint4* packed, Tile tile)
    {
        UNROLL for (int n = 0; n < IN_REGISTERS; n++)
            kept[n] = tile(n);
        for (int n = 0; n < IN_SHARED; n++)
            space[n * THREADS + at.thread] = tile(IN_REGISTERS + n);
        shared = space + at.thread;
        streamed = packed + (u64)at.member * COUNT * THREADS + at.thread;
    }

    template <typename Tile> DEVICE static void pack(const Place& at, uint4* packed, Tile tile)
    {
        for (int n = 0; n < COUNT; n++)
            packed[((u64)at.member * COUNT + n) * THREADS + at.thread] = tile(n);
    }

    DEVICE uint4 operator[](int n) const
    {
        if (n < IN_REGISTERS)
            return kept[n < IN_REGISTERS ? n : 0];
        return n < IN_REGISTERS + IN_SHARED ? shared[(n - IN_REGISTERS) * THREADS] : load_in_place(streamed + n * THREADS);
    }
};

// Where the pack kernels lay out the weights that are streamed.
struct PackArguments
{
    const float* W_h;
    const float *W_ci, *W_cf, *W_cc, *W_co;
    uint4 *packed_h, *packed_c;
    int H;
};

// Tiles that warps add up through shared memory: each warp puts its own, KINDS times TILES of them, and after a __syncthreads a pair's thread adds
// its number of all warps. The swizzle keeps both the vectors that are put and the numbers that are taken free of bank conflicts.
template <int KINDS> struct SharedTiles
{
    static constexpr int VECTORS = WARPS * KINDS * TILES * 32;

    // From pair to pair of a thread the row moves on by THREADS / 16, and the swizzle repeats every 8 rows.
    static constexpr int PLACES = THREADS < 128 ? 128 / THREADS : 1;

    float4* memory;
    int vector, numbers[PLACES];

    DEVICE SharedTiles(void* space, const Place& at) : memory((float4*)space)
    {
        vector = held(at.warp * KINDS * TILES * 32 + swizzled(at.lane & 3, at.lane >> 2));
        UNROLL for (int n = 0; n < PLACES; n++)
        {
            int unit = at.thread & 15, row = at.pair(n) >> 4;
            numbers[n] = held((row >> 3) * 128 + swizzled((row & 7) >> 1, unit & 7) * 4 + ((unit >> 3) << 1) + (row & 1));
        }
    }

    DEVICE static int swizzled(int q, int g) { return q * 8 + (g ^ (q * 2)); }

    DEVICE void put(int buffer, int kind, int tile, const float (&d)[4])
    {
        memory[buffer * VECTORS + (kind * TILES + tile) * 32 + vector] = make_float4(d[0], d[1], d[2], d[3]);
    }

    // The sum for the n-th pair of this thread, in pairs of warps: half as many additions wait for each other.
    DEVICE float take(int buffer, int kind, int n) const
    {
        const float* place = (const float*)(memory + buffer * VECTORS) + numbers[n % PLACES] + n / PLACES * PLACES * THREADS + kind * TILES * 128;
        float x[WARPS];
        UNROLL for (int warp = 0; warp < WARPS; warp++)
            x[warp] = place[warp * KINDS * TILES * 128];
        UNROLL for (int width = WARPS / 2; width > 0; width /= 2)
        UNROLL for (int warp = 0; warp < width; warp++)
            x[warp] += x[warp + width];
        return x[0];
    }
};

DEVICE void clear(float (&d)[4]) { d[0] = d[1] = d[2] = d[3] = 0.f; }
