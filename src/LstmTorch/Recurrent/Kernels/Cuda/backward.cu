// Back through time with products over all hidden units in each block (gradients.cuh has the equations).
//
// A block keeps its 16 units, so that its da are at home; it multiplies them by its rows of the weights and sends each member of the group
// that member's part of the sum: an exchange of partial sums is a fourth of one of all da.
//
// Where peepholes are matrices, dc is exchanged as well, and each exchange runs while half of the products are computed.
//
// Defines besides those of tiles.cuh: H_REGISTERS, H_SHARED, C_REGISTERS, C_SHARED (Shelf), AT_ONCE (of how many receivers a warp adds up the products
// at a time, a divisor of BLOCKS: of all where peepholes are matrices, and else as many as registers hold).

constexpr int WEIGHT_TILES = BLOCKS * 8;

// The members' units that get something from this block are split over the warps.
struct BackwardTile
{
    Matrices W;
    Place at;

    DEVICE uint4 operator()(int n) const { return transposed_tile_of(W, (n >> 1) & 3, at.member, at.warp * BLOCKS + (n >> 3), n & 1, at.lane); }
};

// The exchange of partial sums of dh and dc: [vector, slot, group, receiver, sender, pair].
struct PartialExchange
{
    ExchangeAddress base;
    u64 slot;
    Place at;

    DEVICE ExchangeAddress of(int vector, int step) const { return offset(base, (vector * 2 + (step & 1)) * slot); }

    // The receivers of this warp from `first` on get their tiles of 16 units by 8 rows, as tensor cores left them.
    DEVICE void send(int vector, int step, int first, float (&sums)[AT_ONCE][TILES][4]) const
    {
        UNROLL for (int n = 0; n < AT_ONCE; n++)
        UNROLL for (int tile = 0; tile < TILES; tile++)
        {
            const int receiver = at.warp * BLOCKS + first + n;
#if CLUSTER
            ExchangeAddress place = in_member(offset(of(vector, step), at.member * PAIRS + tile * 128 + at.lane * 4), receiver);
#else
            ExchangeAddress place = offset(of(vector, step), (u64)(receiver * MEMBERS + at.member) * PAIRS + tile * 128 + at.lane * 4);
#endif
            store_exchanged(place, stamped(sums[n][tile], step));
        }
    }

    // Adds up what this block was sent, each warp its part of the senders; ends with all threads at one point.
    DEVICE void receive(PartialSums& sums, int vector, int step, Patience& patience) const
    {
        u64 mine = CLUSTER ? 0 : (u64)at.member * MEMBERS * PAIRS;
        ExchangeAddress from = offset(of(vector, step), mine + at.warp * BLOCKS * PAIRS + at.lane * 4);
        float sum[TILES][4];
        UNROLL for (int tile = 0; tile < TILES; tile++)
            clear(sum[tile]);
        Arrivals<CHUNK * TILES> x[2];
        x[0].request(from);
        UNROLL for (int chunk = 0; chunk < BLOCKS / CHUNK; chunk++)
        {
            x[chunk & 1].await(offset(from, chunk * CHUNK * PAIRS), step, patience);
            if (chunk + 1 < BLOCKS / CHUNK)
                x[(chunk + 1) & 1].request(offset(from, (chunk + 1) * CHUNK * PAIRS));
            UNROLL for (int n = 0; n < CHUNK * TILES; n++)
                add(sum[n % TILES], x[chunk & 1].vectors[n]);
        }

        UNROLL for (int tile = 0; tile < TILES; tile++)
            sums.put(0, 0, tile, sum[tile]);
        __syncthreads();
    }
};

DEVICE void clear(float (&sums)[AT_ONCE][TILES][4])
{
    UNROLL for (int n = 0; n < AT_ONCE; n++)
    UNROLL for (int tile = 0; tile < TILES; tile++)
        clear(sums[n][tile]);
}

// sums += W^T da for some gates and AT_ONCE receivers of this warp, da as the right operand in shared memory: [gate, pair]. What is computed
// for different receivers waits for nothing of each other; nothing is sent between, since what follows in memory must stay behind it. Few
// receivers are too few to keep the tensor cores busy, so that the halves of a block are added up apart.
template <int GATES, typename Weight>
DEVICE void add_products(float (&sums)[AT_ONCE][TILES][4], const Weight& W, int first, const u32* da, const Place& at, const Multiplier& multiply)
{
    constexpr bool apart = AT_ONCE * TILES < 4;
    float halves[AT_ONCE][TILES][4];
    clear(halves);
    UNROLL for (int gate = 0; gate < 4; gate++)
    {
        if (!(GATES >> gate & 1))
            continue;
        uint4 b[TILES];
        UNROLL for (int tile = 0; tile < TILES; tile++)
            b[tile] = *(const uint4*)(da + gate * PAIRS + tile * 128 + at.lane * 4);
        UNROLL for (int half = 0; half < 2; half++)
        UNROLL for (int n = 0; n < AT_ONCE; n++)
        {
            uint4 a = W[((first + n) * 4 + gate) * 2 + half];
            UNROLL for (int tile = 0; tile < TILES; tile++)
                multiply.add(apart && half == 1 ? halves[n][tile] : sums[n][tile], a, b[tile], half);
        }
    }

    if (!apart || !GATES)
        return;
    UNROLL for (int n = 0; n < AT_ONCE; n++)
    UNROLL for (int tile = 0; tile < TILES; tile++)
        add(sums[n][tile], halves[n][tile]);
}

extern "C" __global__ void __launch_bounds__(THREADS, 1) backward(BackwardArguments x)
{
    const Place at = {};
    u32* words = (u32*)shared_memory();
    constexpr int exchanged = CLUSTER ? VECTORS * 2 * MEMBERS * PAIRS : 0;
    PartialSums sums(words + exchanged, at);
    u32* da = (u32*)(sums.memory + PartialSums::VECTORS);
    uint4* space = (uint4*)(da + 4 * PAIRS);

    Shelf<WEIGHT_TILES, H_REGISTERS, H_SHARED> W_h;
    W_h.fill(at, space, x.packed_h, BackwardTile{Matrices::stacked(x.W_h, x.H), at});
    const Matrices peepholes = {{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H};
#if FULL
    Shelf<WEIGHT_TILES, C_REGISTERS, C_SHARED> W_c;
    W_c.fill(at, space + H_SHARED * THREADS, x.packed_c, BackwardTile{peepholes, at});
#endif

    float p[4];
    load_peepholes(p, peepholes, at);
    Pair pairs[MINE];
    UNROLL for (int n = 0; n < MINE; n++)
    {
        pairs[n] = Pair{};
        pairs[n].begin(x, at, n);
    }

    Multiplier multiply(x.T);
    Patience patience(x.lost);
#if CLUSTER
    for (int n = at.thread; n < exchanged; n += THREADS)
        words[n] = 0;
    const PartialExchange exchange = {shared_address(words), MEMBERS * PAIRS, at};
    cluster_barrier();
#else
    const PartialExchange exchange = {x.exchange + (u64)at.group * MEMBERS * MEMBERS * PAIRS, (u64)gridDim.x * MEMBERS * PAIRS, at};
#endif

    float dc_sum[AT_ONCE][TILES][4], dh_sum[AT_ONCE][TILES][4];
    clear(dc_sum);
    for (int s = 0; s < x.T; s++)
    {
        multiply.begin_step();
        float dh[MINE];
        if (s > 0)
            exchange.receive(sums, HIDDEN, s - 1, patience);
        UNROLL for (int n = 0; n < MINE; n++)
        {
            if (!at.has(n))
                continue;
            Pair& pair = pairs[n];
            dh[n] = pair.dy + (s > 0 ? sums.take(0, 0, n) : 0.f);
            pair.da[O] = dh[n] * pair.k_o;
            pair.dc += dh[n] * pair.k_h + p[O] * pair.da[O];
            da[O * PAIRS + at.pair(n)] = operand(pair.da[O]);
        }

#if FULL
        // W_co^T da_o joins what the other gates of the step before gave dc.
        __syncthreads();
        add_products<SEES & OUTPUT_GATE>(dc_sum, W_c, 0, da, at, multiply);
        exchange.send(CELL, s, 0, dc_sum);
        clear(dh_sum);
        add_products<OUTPUT_GATE>(dh_sum, W_h, 0, da, at, multiply);

        exchange.receive(sums, CELL, s, patience);
#endif

        UNROLL for (int n = 0; n < MINE; n++)
        {
            if (!at.has(n))
                continue;
            Pair& pair = pairs[n];
            float dc = pair.dc + (FULL ? sums.take(0, 0, n) : 0.f);
            pair.da[I] = dc * pair.k_i, pair.da[F] = dc * pair.k_f, pair.da[G] = dc * pair.k_g;
            pair.dc = dc * pair.f + p[I] * pair.da[I] + p[F] * pair.da[F] + p[G] * pair.da[G];
            UNROLL for (int gate = I; gate <= G; gate++)
                da[gate * PAIRS + at.pair(n)] = operand(pair.da[gate]);
        }

        __syncthreads();
        UNROLL for (int first = 0; first < BLOCKS; first += AT_ONCE)
        {
            if (!FULL)
                clear(dh_sum);
            add_products<FULL ? CELL_GATES : ALL_GATES>(dh_sum, W_h, first, da, at, multiply);
            exchange.send(HIDDEN, s, first, dh_sum);
        }

        UNROLL for (int n = 0; n < MINE; n++)
            pairs[n].end_step(x, x.T - 1 - s);

#if FULL
        clear(dc_sum);
        add_products<SEES & CELL_GATES>(dc_sum, W_c, 0, da, at, multiply);
#endif
    }

#if FULL
    exchange.send(CELL, x.T, 0, dc_sum);
#endif
    float dh_0[MINE];
    exchange.receive(sums, HIDDEN, x.T - 1, patience);
    UNROLL for (int n = 0; n < MINE; n++)
        dh_0[n] = at.has(n) ? sums.take(0, 0, n) : 0.f;
#if FULL
    __syncthreads();
    exchange.receive(sums, CELL, x.T, patience);
#endif
    UNROLL for (int n = 0; n < MINE; n++)
    {
        float dc_0 = pairs[n].dc + (FULL && at.has(n) ? sums.take(0, 0, n) : 0.f);
        pairs[n].end(x, at, n, dh_0[n], dc_0);
    }

#if CLUSTER
    // Nobody leaves while others may still write into its memory.
    cluster_barrier();
#endif
}

#if STREAMS
extern "C" __global__ void __launch_bounds__(THREADS, 1) pack_backward(PackArguments x)
{
    const Place at = {};
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_h, BackwardTile{Matrices::stacked(x.W_h, x.H), at});
#if FULL
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_c, BackwardTile{Matrices{{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H}, at});
#endif
}
#endif
