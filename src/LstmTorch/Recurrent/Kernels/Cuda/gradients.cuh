// The gradients of a sequence, back through time. With d meaning the derivative of the loss, and a a gate before its activation:
//
//   dh_t   comes from y_t and from the gates of step t + 1
//   da_o = dh tanh(c) o (1 - o)
//   dc  += dh o (1 - tanh(c)^2) + W_co^T da_o
//   da_i = dc g i (1 - i),  da_f = dc c_{t-1} f (1 - f),  da_g = dc i (1 - g^2)
//   dc_{t-1} = dc f + W_ci^T da_i + W_cf^T da_f + W_cc^T da_g
//   dh_{t-1} = W_hi^T da_i + W_hf^T da_f + W_hc^T da_g + W_ho^T da_o
//
struct BackwardArguments
{
    const float* W_h;
    const float *W_ci, *W_cf, *W_cc, *W_co;
    const uint4 *packed_h, *packed_c;
    const float *gates, *c;
    const float *dy, *dh_n, *dc_n;
    float* da;
    float *dh_0, *dc_0;
    float* sums;
    u32* exchange;
    u32* lost;
    int T, B, H, first;
};

constexpr int HIDDEN = 0, CELL = 1, VECTORS = FULL ? 2 : 1;
typedef SharedTiles<1> PartialSums;

// What one pair needs of the forward pass, and what it adds up over time.
struct Pair
{
    bool is_inside;
    int prefetched;                                   // how far from its gates those that it prefetches lie
    u64 state, gates, step;                           // its places at the step that is loaded next, and how far it is to the one before
    float c, c_before, dy;                            // c_t, c_{t-1} and dy_t of the step under way
    float k_o, k_h, k_i, k_f, k_g, f;                 // dh k_o = da_o, dh k_h and dc k_i ... as in the equations above
    float next_gates[4], next_c_before, next_dy;      // loaded a step ahead
    float dc, da[4], sums[8];

    DEVICE void begin(const BackwardArguments& x, const Place& at, int n)
    {
        int row = at.row(n, x.first);
        u64 last = (u64)row * x.H + at.unit;
        is_inside = at.has(n) && at.unit < x.H && row < x.B;
        step = (u64)x.B * x.H;
        prefetched = at.to_prefetched(x.H);
        state = (x.T - 1) * step + last;
        gates = (x.T - 1) * 4 * step + (u64)row * 4 * x.H + at.unit;
        if (is_inside)
        {
            c_before = x.c[x.T * step + last];
            dc = x.dc_n ? x.dc_n[last] : 0.f;
        }

        load(x, x.T - 1);
        if (is_inside && x.dh_n)
            next_dy += x.dh_n[last];
        prepare();
        load(x, x.T - 2);
    }

    DEVICE void load(const BackwardArguments& x, int t)
    {
        if (is_inside && t >= 0)
        {
            UNROLL for (int gate = 0; gate < 4; gate++)
                next_gates[gate] = x.gates[gates + (u64)gate * x.H];
            next_c_before = x.c[state];
            next_dy = x.dy ? x.dy[state] : 0.f;
        }

        if (AHEAD && is_inside && t >= AHEAD)
        {
            prefetch(x.gates + gates - AHEAD * 4 * step + prefetched);
            prefetch(x.c + state - AHEAD * step);
            if (x.dy)
                prefetch(x.dy + state - AHEAD * step);
        }

        state -= step;
        gates -= 4 * step;
    }

    // The factors of the step that was loaded: computed while its dh is still under way.
    DEVICE void prepare()
    {
        c = c_before, c_before = next_c_before, dy = next_dy;
        float i = next_gates[I], g = next_gates[G], o = next_gates[O], tanh_c = hyperbolic_tangent(c);
        f = next_gates[F];
        k_o = tanh_c * o * (1.f - o);
        k_h = o * (1.f - tanh_c * tanh_c);
        k_i = g * i * (1.f - i);
        k_f = c_before * f * (1.f - f);
        k_g = i * (1.f - g * g);
    }

    // What the others do not wait for, after the step back from t: its results, and the next step.
    DEVICE void end_step(const BackwardArguments& x, int t)
    {
        if (is_inside)
        {
            // Two steps back is what is loaded next.
            u64 place = gates + 2 * 4 * step;
            UNROLL for (int gate = 0; gate < 4; gate++)
            {
                x.da[place + (u64)gate * x.H] = da[gate];
                sums[gate] += da[gate];
                if (!FULL)
                    sums[4 + gate] += da[gate] * (gate == O ? c : c_before);
            }
        }

        if (t > 0)
            prepare();
        load(x, t - 2);
    }

    DEVICE void end(const BackwardArguments& x, const Place& at, int n, float dh_0, float dc_0) const
    {
        if (!is_inside)
            return;
        u64 place = (u64)at.row(n, x.first) * x.H + at.unit;
        if (x.dh_0)
            x.dh_0[place] = dh_0, x.dc_0[place] = dc_0;
        UNROLL for (int sum = 0; sum < (FULL ? 4 : 8); sum++)
            x.sums[sum * step + place] = sums[sum];
    }
};

DEVICE void add(float (&sum)[4], uint4 partial)
{
    sum[0] += number(partial.x), sum[1] += number(partial.y), sum[2] += number(partial.z), sum[3] += number(partial.w);
}

DEVICE void add(float (&sum)[4], const float (&partial)[4])
{
    UNROLL for (int n = 0; n < 4; n++)
        sum[n] += partial[n];
}
