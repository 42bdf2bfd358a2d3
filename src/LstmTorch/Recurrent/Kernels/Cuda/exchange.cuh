// How the blocks of a group hand each other numbers: words that say themselves whether they have arrived.
//
// The last bit of every word that is exchanged is not part of the number but its phase. Step s of an exchange uses slot s % 2 of its
// memory and phase 1 - (s / 2) % 2, so that a slot sees the phases 1, 0, 1, 0, ... and memory of zeros holds no word of step 0 or 1.
// A reader loads its words and loads again those whose phase is another. There is no barrier, no counter and no fence: a step costs
// one store and one load, and a word needs no order among others because each is checked by itself.
//
// Two slots are enough. A block writes step s + 2 over step s only after it has read step s + 1 of every block that reads from it; those
// sent step s + 1 behind a __syncthreads that follows their own reads of step s. So no word is lost before all have read it, and a
// reader can never find the phase of a later step. The argument needs three things that every kernel here keeps: steps begin at 0 in
// memory of zeros, each step is sent and read, and whoever reads from a block also sends to it.
//
// The bit costs nothing where words are operands of tensor cores, which ignore it in TF32, and one unit in the last place in float32.
// An infinity whose phase is 1 becomes a NaN: both are a diverged training.

#ifndef TRIES
#define TRIES (1 << 18)
#endif

DEVICE u32 phase_of(int step) { return ((step >> 1) & 1) ^ 1; }

DEVICE u32 stamped(u32 word, int step) { return (word & ~1u) | phase_of(step); }

DEVICE uint4 stamped(float (&d)[4], int step)
{
    return make_uint4(stamped(bits(d[0]), step), stamped(bits(d[1]), step), stamped(bits(d[2]), step), stamped(bits(d[3]), step));
}

DEVICE bool is_missing(uint4 v, u32 phase) { return ((v.x ^ phase) | (v.y ^ phase) | (v.z ^ phase) | (v.w ^ phase)) & 1u; }

// Waiting ends: a lost word must become an error, not a program that hangs. What follows runs on without waiting.
struct Patience
{
    int tries;
    u32* lost;

    DEVICE explicit Patience(u32* flag) : tries(TRIES), lost(flag) {}

    DEVICE bool is_over(int tried)
    {
        if (tried <= tries)
            return false;
        tries = 0;
        *lost = 1;
        return true;
    }
};

// Vectors of four words a lane, 128 words apart, that a warp asks for at once and waits for later.
template <int COUNT> struct Arrivals
{
    uint4 vectors[COUNT];

    DEVICE void request(ExchangeAddress from)
    {
        UNROLL for (int n = 0; n < COUNT; n++)
            vectors[n] = load_exchanged(offset(from, 128 * n));
    }

    DEVICE void await(ExchangeAddress from, int step, Patience& patience)
    {
        const u32 phase = phase_of(step);
        for (int tried = 0;; tried++)
        {
            bool missing = false;
            UNROLL for (int n = 0; n < COUNT; n++)
                missing |= is_missing(vectors[n], phase);
            if (!__any_sync(0xffffffffu, missing) || patience.is_over(tried))
                return;
            UNROLL for (int n = 0; n < COUNT; n++)
            {
                if (is_missing(vectors[n], phase))
                    vectors[n] = load_exchanged(offset(from, 128 * n));
            }
        }
    }
};
