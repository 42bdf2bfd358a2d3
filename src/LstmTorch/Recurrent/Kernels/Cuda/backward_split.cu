// Back through time for wide layers (gradients.cuh has the equations): products over a part of the hidden units in each block.
//
// With many members, what partial sums cost is their number, MEMBERS^2 a group. Here SPLIT neighbours hand each other their da first; each
// multiplies all of these by the weights of one part of the hidden units, MEMBERS / SPLIT members, so that a block is sent MEMBERS / SPLIT
// partial sums instead of MEMBERS. Two exchanges in a row pay from 1024 units on.
//
// Two slots are still enough, though a block is not sent something by all who read from it. Say r and p are neighbours. r writes da of step
// s + 2 after it was sent partial sums of step s + 1 by one neighbour of its own, who had read da of step s + 1 of p, who had sent it behind a
// __syncthreads that follows its reads of da of step s. And r sends d its partial sums of step s + 2 after it was sent those of step s + 1 by a
// neighbour of d, who had read da of step s + 1 of d, who had made them of the partial sums of step s.
//
// Where peepholes are matrices, the products of dc take da_o of this step and the other gates of the step before, so that the da of those
// of step s have the step number s + 1 in their exchange, and those of "step -1" are zeros.
//
// Defines besides those of tiles.cuh: SPLIT (2 or more, a divisor of MEMBERS / WARPS), H_REGISTERS, H_SHARED, C_REGISTERS, C_SHARED (Shelf).

constexpr int SENDERS = MEMBERS / SPLIT;
constexpr int RECEIVERS = SENDERS / WARPS;
constexpr int K_BLOCKS = 4 * SPLIT;
constexpr int WEIGHT_TILES = K_BLOCKS * RECEIVERS * 2;

// Which part of the hidden units a block multiplies, and which neighbours' da.
struct Part
{
    Place at;

    DEVICE int neighbours() const { return at.member / SPLIT; }
    DEVICE int receiver(int n) const { return at.member % SPLIT * SENDERS + at.warp * RECEIVERS + n; }
};

struct SplitTile
{
    Matrices W;
    Part part;

    DEVICE uint4 operator()(int n) const
    {
        int k_block = n / (2 * RECEIVERS), receiver = n / 2 % RECEIVERS;
        return transposed_tile_of(W, k_block & 3, part.neighbours() * SPLIT + (k_block >> 2), part.receiver(receiver), n & 1, part.at.lane);
    }
};

// Partial sums [vector, slot, group, receiver, sender, pair], then da [slot, group, member, gate, pair].
struct SplitExchange
{
    ExchangeAddress partials, gradients;
    u64 partial_slot, gradient_slot;
    Part part;

    DEVICE ExchangeAddress partials_of(int vector, int step) const { return offset(partials, (vector * 2 + (step & 1)) * partial_slot); }

    DEVICE ExchangeAddress gradients_of(int step, int k_block) const
    {
        return offset(gradients, (step & 1) * gradient_slot + (u64)(part.neighbours() * K_BLOCKS + k_block) * PAIRS);
    }

    DEVICE void publish(int step, int gate, int pair, float da) const
    {
        store_exchanged(offset(gradients_of(step, part.at.member % SPLIT * 4 + gate), pair), stamped(operand(da), step));
    }

    // Sends W^T da, all gates of one step or, for dc, the output gate of one and the others of the step before.
    template <int GATES, bool IS_CELL, typename Weight>
    DEVICE void send_product(const Weight& W, int step, const Multiplier& multiply, Patience& patience) const
    {
        float sum[RECEIVERS][TILES][4];
        UNROLL for (int receiver = 0; receiver < RECEIVERS; receiver++)
        UNROLL for (int tile = 0; tile < TILES; tile++)
            clear(sum[receiver][tile]);
        const int lane = part.at.lane;
        auto step_of = [&](int k_block) { return FULL && !IS_CELL && (k_block & 3) != O ? step + 1 : step; };
        auto place_of = [&](int k_block) { return offset(gradients_of(step_of(k_block), k_block), lane * 4); };
        Arrivals<TILES> da[2];
        da[0].request(place_of(0));
        UNROLL for (int k_block = 0; k_block < K_BLOCKS; k_block++)
        {
            da[k_block & 1].await(place_of(k_block), step_of(k_block), patience);
            if (k_block + 1 < K_BLOCKS)
                da[(k_block + 1) & 1].request(place_of(k_block + 1));
            if (!(GATES >> (k_block & 3) & 1))
                continue;
            UNROLL for (int receiver = 0; receiver < RECEIVERS; receiver++)
            UNROLL for (int half = 0; half < 2; half++)
            {
                uint4 a = W[(k_block * RECEIVERS + receiver) * 2 + half];
                UNROLL for (int tile = 0; tile < TILES; tile++)
                    multiply.add(sum[receiver][tile], a, da[k_block & 1].vectors[tile], half);
            }
        }

        UNROLL for (int receiver = 0; receiver < RECEIVERS; receiver++)
        UNROLL for (int tile = 0; tile < TILES; tile++)
        {
            u64 place = ((u64)part.receiver(receiver) * SENDERS + part.neighbours()) * PAIRS + tile * 128 + lane * 4;
            store_exchanged(offset(partials_of(IS_CELL ? CELL : HIDDEN, step), place), stamped(sum[receiver][tile], step));
        }
    }

    // Adds up what this block was sent, each warp its part of the senders; ends with all threads at one point.
    DEVICE void receive(PartialSums& sums, int vector, int step, Patience& patience) const
    {
        const Place& at = part.at;
        ExchangeAddress from = offset(partials_of(vector, step), (u64)(at.member * SENDERS + at.warp * RECEIVERS) * PAIRS + at.lane * 4);
        float sum[TILES][4];
        UNROLL for (int tile = 0; tile < TILES; tile++)
            clear(sum[tile]);
        Arrivals<TILES> x[2];
        x[0].request(from);
        UNROLL for (int sender = 0; sender < RECEIVERS; sender++)
        {
            x[sender & 1].await(offset(from, sender * PAIRS), step, patience);
            if (sender + 1 < RECEIVERS)
                x[(sender + 1) & 1].request(offset(from, (sender + 1) * PAIRS));
            UNROLL for (int tile = 0; tile < TILES; tile++)
                add(sum[tile], x[sender & 1].vectors[tile]);
        }

        UNROLL for (int tile = 0; tile < TILES; tile++)
            sums.put(0, 0, tile, sum[tile]);
        __syncthreads();
    }
};

extern "C" __global__ void __launch_bounds__(THREADS, 1) backward(BackwardArguments x)
{
    const Place at = {};
    const Part part = {at};
    PartialSums sums(shared_memory(), at);
    uint4* space = (uint4*)(sums.memory + PartialSums::VECTORS);

    Shelf<WEIGHT_TILES, H_REGISTERS, H_SHARED> W_h;
    W_h.fill(at, space, x.packed_h, SplitTile{Matrices::stacked(x.W_h, x.H), part});
    const Matrices peepholes = {{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H};
#if FULL
    Shelf<WEIGHT_TILES, C_REGISTERS, C_SHARED> W_c;
    W_c.fill(at, space + H_SHARED * THREADS, x.packed_c, SplitTile{peepholes, part});
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
    const u64 partial_slot = (u64)gridDim.x * SENDERS * PAIRS, gradient_slot = (u64)gridDim.x * 4 * PAIRS;
    const SplitExchange exchange = {
        x.exchange + (u64)at.group * MEMBERS * SENDERS * PAIRS,
        x.exchange + VECTORS * 2 * partial_slot + (u64)at.group * MEMBERS * 4 * PAIRS,
        partial_slot,
        gradient_slot,
        part};

    // The da of "step -1", which the first product of dc takes.
    UNROLL for (int n = 0; n < MINE; n++)
    UNROLL for (int gate = I; gate <= G; gate++)
    {
        if (FULL && at.has(n))
            exchange.publish(0, gate, at.pair(n), 0.f);
    }

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
            exchange.publish(s, O, at.pair(n), pair.da[O]);
        }

#if FULL
        __syncthreads();
        exchange.send_product<SEES, true>(W_c, s, multiply, patience);
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
                exchange.publish(FULL ? s + 1 : s, gate, at.pair(n), pair.da[gate]);
        }

        __syncthreads();
        exchange.send_product<ALL_GATES, false>(W_h, s, multiply, patience);
        UNROLL for (int n = 0; n < MINE; n++)
            pairs[n].end_step(x, x.T - 1 - s);
    }

    float dh_0[MINE];
    exchange.receive(sums, HIDDEN, x.T - 1, patience);
    UNROLL for (int n = 0; n < MINE; n++)
        dh_0[n] = at.has(n) ? sums.take(0, 0, n) : 0.f;
#if FULL
    UNROLL for (int n = 0; n < MINE; n++)
    {
        if (at.has(n))
            exchange.publish(x.T, O, at.pair(n), 0.f);
    }

    __syncthreads();
    exchange.send_product<SEES, true>(W_c, x.T, multiply, patience);
    exchange.receive(sums, CELL, x.T, patience);
#endif
    UNROLL for (int n = 0; n < MINE; n++)
    {
        float dc_0 = pairs[n].dc + (FULL && at.has(n) ? sums.take(0, 0, n) : 0.f);
        pairs[n].end(x, at, n, dh_0[n], dc_0);
    }
}

#if STREAMS
extern "C" __global__ void __launch_bounds__(THREADS, 1) pack_backward(PackArguments x)
{
    const Place at = {};
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_h, SplitTile{Matrices::stacked(x.W_h, x.H), Part{at}});
#if FULL
    Shelf<WEIGHT_TILES, 0, 0>::pack(at, x.packed_c, SplitTile{Matrices{{x.W_ci, x.W_cf, x.W_cc, x.W_co}, x.H}, Part{at}});
#endif
}
#endif
