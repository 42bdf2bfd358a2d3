// The equations of the cell over a whole sequence. Gates are [T, B, 4H], states [T + 1, B, H] with the state before the first step in row 0.
//
// Defines besides those of tiles.cuh: H_REGISTERS, H_SHARED, C_REGISTERS, C_SHARED (Shelf), SUM_BUFFERS (for the sums of all warps: 2 spare
// a barrier a step where peepholes are not matrices).

struct ForwardArguments
{
    const float* W_h;
    const float *W_ci, *W_cf, *W_cc, *W_co;
    const uint4 *packed_h, *packed_c;
    float* gates;
    float* h;
    float* c;
    const float *h_0, *c_0;
    u32* exchange;
    u32* lost;
    int T, B, H, first;
};

constexpr int WEIGHT_TILES = BLOCKS * 8;
constexpr int HIDDEN = 0, CELL = 1, VECTORS = FULL ? 2 : 1;
typedef SharedTiles<4> GateSums;

// K is split over the warps: each number of h is read by one warp alone, right into the registers that tensor cores read.
struct ForwardTile
{
    Matrices W;
    Place at;

    DEVICE uint4 operator()(int n) const { return tile_of(W, (n >> 1) & 3, at.member, at.warp * BLOCKS + (n >> 3), n & 1, at.lane); }
};

// The exchange of h and, where peepholes are matrices, of c: [vector, slot, group, member, pair].
struct StateExchange
{
    ExchangeAddress base;
    u64 slot;
    Place at;

    DEVICE ExchangeAddress of(int vector, int step) const { return offset(base, (vector * 2 + (step & 1)) * slot); }

    DEVICE void publish(int vector, int step, int pair, float x) const
    {
        u32 word = stamped(operand(x), step);
        ExchangeAddress place = offset(of(vector, step), at.member * PAIRS + pair);
#if CLUSTER
        // All lanes store into the same block at a time, and every block begins with itself.
        UNROLL for (int n = 0; n < MEMBERS; n++)
            store_exchanged(in_member(place, (at.member + n) % MEMBERS), word);
#else
        store_exchanged(place, word);
#endif
    }

    // sum[gate] += W x for some gates, x as step `step` of a vector, over this warp's part of K.
    template <int GATES, typename Weight>
    DEVICE void add_product(float (&sum)[4][TILES][4], const Weight& W, int vector, int step, const Multiplier& multiply, Patience& patience) const
    {
        ExchangeAddress from = offset(of(vector, step), at.warp * BLOCKS * PAIRS + at.lane * 4);
        Arrivals<CHUNK * TILES> x[2];
        x[0].request(from);
        UNROLL for (int chunk = 0; chunk < BLOCKS / CHUNK; chunk++)
        {
            x[chunk & 1].await(offset(from, chunk * CHUNK * PAIRS), step, patience);
            if (chunk + 1 < BLOCKS / CHUNK)
                x[(chunk + 1) & 1].request(offset(from, (chunk + 1) * CHUNK * PAIRS));
            UNROLL for (int block = 0; block < CHUNK; block++)
            UNROLL for (int half = 0; half < 2; half++)
            UNROLL for (int gate = 0; gate < 4; gate++)
            {
                if (!(GATES >> gate & 1))
                    continue;
                uint4 a = W[((chunk * CHUNK + block) * 4 + gate) * 2 + half];
                UNROLL for (int tile = 0; tile < TILES; tile++)
                    multiply.add(sum[gate][tile], a, x[chunk & 1].vectors[block * TILES + tile], half);
            }
        }
    }
};

template <int GATES> DEVICE void clear(float (&sum)[4][TILES][4])
{
    UNROLL for (int gate = 0; gate < 4; gate++)
    UNROLL for (int tile = 0; tile < TILES; tile++)
    {
        if (GATES >> gate & 1)
            clear(sum[gate][tile]);
    }
}

// The sums of all warps for some gates, in shared memory; ends with all threads at one point.
template <int GATES> DEVICE void share(GateSums& sums, int buffer, const float (&sum)[4][TILES][4])
{
    UNROLL for (int gate = 0; gate < 4; gate++)
    UNROLL for (int tile = 0; tile < TILES; tile++)
    {
        if (GATES >> gate & 1)
            sums.put(buffer, gate, tile, sum[gate][tile]);
    }

    __syncthreads();
}

// What one pair of a unit and a row carries from step to step.
struct Pair
{
    bool is_inside;
    int prefetched;             // how far from its gates those that it prefetches lie
    u64 state, gates, step;     // its places in the states and the gates of the step under way, and how far the next ones lie
    float c, h;
    float input[4], gate[4];    // W_x x + b of the gates, loaded a step ahead; and the gates themselves

    DEVICE void begin(const ForwardArguments& x, const Place& at, int n)
    {
        int row = at.row(n, x.first);
        is_inside = at.has(n) && at.unit < x.H && row < x.B;
        state = (u64)row * x.H + at.unit;
        gates = (u64)row * 4 * x.H + at.unit;
        step = (u64)x.B * x.H;
        prefetched = at.to_prefetched(x.H);
        h = is_inside && x.h_0 ? x.h_0[state] : 0.f;
        c = is_inside && x.c_0 ? x.c_0[state] : 0.f;
        store_state(x);
        UNROLL for (int n = 0; n < 4; n++)
            input[n] = 0.f;
        load(x, gates);
    }

    DEVICE void load(const ForwardArguments& x, u64 place)
    {
        if (!is_inside)
            return;
        UNROLL for (int n = 0; n < 4; n++)
            input[n] = x.gates[place + (u64)n * x.H];
    }

    // What a gate is without the products of h: known before they have arrived, but for the output gate's c.
    DEVICE float seen(int n, const float (&p)[4], float cell) const { return FULL ? input[n] : input[n] + p[n] * cell; }

    DEVICE void store_state(const ForwardArguments& x) const
    {
        if (is_inside)
            x.h[state] = h, x.c[state] = c;
    }

    // What the others do not wait for, after step t: its results, and the inputs of the next step. Those go where they will be read: to copy
    // them would be to wait for them.
    DEVICE void end_step(const ForwardArguments& x, int t)
    {
        if (t + 1 < x.T)
            load(x, gates + 4 * step);
        if (AHEAD && is_inside && t + 1 + AHEAD < x.T)
            prefetch(x.gates + gates + (1 + AHEAD) * 4 * step + prefetched);
        state += step;
        store_state(x);
        if (is_inside)
        {
            UNROLL for (int n = 0; n < 4; n++)
                x.gates[gates + (u64)n * x.H] = gate[n];
        }

        gates += 4 * step;
    }
};

extern "C" __global__ void __launch_bounds__(THREADS, 1) forward(ForwardArguments x)
{
    const Place at = {};
    u32* words = (u32*)shared_memory();
    constexpr int exchanged = CLUSTER ? VECTORS * 2 * MEMBERS * PAIRS : 0;
    GateSums sums(words + exchanged, at);
    uint4* space = (uint4*)(sums.memory + SUM_BUFFERS * GateSums::VECTORS);

    Shelf<WEIGHT_TILES, H_REGISTERS, H_SHARED> W_h;
    W_h.fill(at, space, x.packed_h, ForwardTile{Matrices::stacked(x.W_h, x.H), at});
    const Matrices peepholes = {{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H};
#if FULL
    Shelf<WEIGHT_TILES, C_REGISTERS, C_SHARED> W_c;
    W_c.fill(at, space + H_SHARED * THREADS, x.packed_c, ForwardTile{peepholes, at});
#endif

    float p[4];
    load_peepholes(p, peepholes, at);
    Multiplier multiply(x.T);
    Patience patience(x.lost);
#if CLUSTER
    for (int n = at.thread; n < exchanged; n += THREADS)
        words[n] = 0;
    const StateExchange exchange = {shared_address(words), MEMBERS * PAIRS, at};
    cluster_barrier();
#else
    const StateExchange exchange = {x.exchange + (u64)at.group * MEMBERS * PAIRS, (u64)gridDim.x * PAIRS, at};
#endif

    Pair pairs[MINE];
    UNROLL for (int n = 0; n < MINE; n++)
    {
        pairs[n].begin(x, at, n);
        if (at.has(n))
        {
            if (FULL)
                exchange.publish(CELL, 0, at.pair(n), pairs[n].c);
            exchange.publish(HIDDEN, 0, at.pair(n), pairs[n].h);
        }
    }

    float sum[4][TILES][4];
    clear<ALL_GATES>(sum);
#if FULL
    exchange.add_product<SEES & CELL_GATES>(sum, W_c, CELL, 0, multiply, patience);
#endif
    for (int t = 0; t < x.T; t++)
    {
        const int buffer = t % SUM_BUFFERS;
        multiply.begin_step();
        exchange.add_product<ALL_GATES>(sum, W_h, HIDDEN, t, multiply, patience);
        share<FULL ? CELL_GATES : ALL_GATES>(sums, buffer, sum);
        UNROLL for (int n = 0; n < MINE; n++)
        {
            if (!at.has(n))
                continue;
            Pair& pair = pairs[n];
            float i = sigmoid(pair.seen(I, p, pair.c) + sums.take(buffer, I, n));
            float f = sigmoid(pair.seen(F, p, pair.c) + sums.take(buffer, F, n));
            float g = hyperbolic_tangent(pair.seen(G, p, pair.c) + sums.take(buffer, G, n));
            pair.c = f * pair.c + i * g;
            if (FULL)
            {
                exchange.publish(CELL, t + 1, at.pair(n), pair.c);
            }
            else
            {
                pair.gate[O] = sigmoid(pair.seen(O, p, pair.c) + sums.take(buffer, O, n));
                pair.h = pair.gate[O] * hyperbolic_tangent(pair.c);
                exchange.publish(HIDDEN, t + 1, at.pair(n), pair.h);
            }

            pair.gate[I] = i, pair.gate[F] = f, pair.gate[G] = g;
        }

#if FULL
        // One pass over c_t serves the output gate of this step and the other gates of the next.
        clear<CELL_GATES>(sum);
        exchange.add_product<SEES>(sum, W_c, CELL, t + 1, multiply, patience);
        share<OUTPUT_GATE>(sums, 0, sum);
        UNROLL for (int n = 0; n < MINE; n++)
        {
            if (!at.has(n))
                continue;
            Pair& pair = pairs[n];
            pair.gate[O] = sigmoid(pair.input[O] + sums.take(0, O, n));
            pair.h = pair.gate[O] * hyperbolic_tangent(pair.c);
            exchange.publish(HIDDEN, t + 1, at.pair(n), pair.h);
        }

        clear<OUTPUT_GATE>(sum);
#else
        clear<ALL_GATES>(sum);
#endif

        UNROLL for (int n = 0; n < MINE; n++)
            pairs[n].end_step(x, t);

        // A warp may have all of the next step that it reads while another still takes the sums of this one.
        if (SUM_BUFFERS == 1 && !FULL)
            __syncthreads();
    }

#if CLUSTER
    // Nobody leaves while others may still write into its memory.
    cluster_barrier();
#endif
}

#if STREAMS
extern "C" __global__ void __launch_bounds__(THREADS, 1) pack_forward(PackArguments x)
{
    const Place at = {};
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_h, ForwardTile{Matrices::stacked(x.W_h, x.H), at});
#if FULL
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_c, ForwardTile{Matrices{{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H}, at});
#endif
}
#endif
