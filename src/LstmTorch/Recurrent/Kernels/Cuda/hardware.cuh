// What the kernels ask of the hardware, one thing a function: PTX stands here and nowhere else.
#ifndef HARDWARE
#define HARDWARE

typedef unsigned int u32;
typedef unsigned long long u64;

#define DEVICE __device__ __forceinline__
#define UNROLL _Pragma("unroll")

DEVICE u32 bits(float x) { return __float_as_uint(x); }
DEVICE float number(u32 x) { return __uint_as_float(x); }

// The nearest number with TF32's ten bits after the point, ties away from zero; the other thirteen bits are zero.
DEVICE u32 round_to_tf32(float x)
{
    u32 r;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(x));
    return r;
}

// d += A B on the tensor cores, A 16 x 8, B 8 x 8, operands in TF32: their last thirteen bits are ignored. With g = lane / 4 and
// q = lane % 4 a lane holds
//   A: x = (g, q)  y = (g + 8, q)  z = (g, q + 4)  w = (g + 8, q + 4)
//   B: b0 = (q, g)  b1 = (q + 4, g)
//   d: [0] = (g, 2q)  [1] = (g, 2q + 1)  [2] = (g + 8, 2q)  [3] = (g + 8, 2q + 1)
DEVICE void tensor_multiply_add(float (&d)[4], uint4 a, u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
}

// A number that is computed once and kept: the compiler would compute an address anew in every step, while others wait, to save a register.
DEVICE int held(int x)
{
    asm volatile("" : "+r"(x));
    return x;
}

// 2^x and 1/x to about two units in the last place.
DEVICE float exp2_near(float x)
{
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}

DEVICE float reciprocal_near(float x)
{
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}

// A read that the compiler leaves where it stands: moved out of the time loop, what is streamed would have to live in registers.
DEVICE uint4 load_in_place(const uint4* p)
{
    uint4 v;
    asm volatile("ld.global.nc.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p));
    return v;
}

// Asks for a number that is read later, into the L2 cache.
DEVICE void prefetch(const float* p) { asm volatile("prefetch.global.L2 [%0];" ::"l"(p)); }

DEVICE uint4* shared_memory()
{
    extern __shared__ uint4 shared_words[];
    return shared_words;
}

// Words that blocks exchange. Relaxed and without a fence: each word says itself whether it has arrived (exchange.cuh).
#if CLUSTER

// An address in the shared memory of this block or, after in_member, of another block of the cluster. Readers poll their own.
typedef u32 ExchangeAddress;

DEVICE ExchangeAddress shared_address(const void* p)
{
    u32 a;
    asm("{ .reg .u64 t; cvta.to.shared.u64 t, %1; cvt.u32.u64 %0, t; }" : "=r"(a) : "l"(p));
    return a;
}

DEVICE ExchangeAddress in_member(ExchangeAddress a, u32 member)
{
    u32 r;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(member));
    return r;
}

DEVICE ExchangeAddress offset(ExchangeAddress a, u64 words) { return a + 4u * (u32)words; }

DEVICE uint4 load_exchanged(ExchangeAddress a)
{
    uint4 v;
    asm volatile("ld.relaxed.cluster.shared::cta.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(a) : "memory");
    return v;
}

DEVICE void store_exchanged(ExchangeAddress a, u32 v)
{
    asm volatile("st.relaxed.cluster.shared::cluster.u32 [%0], %1;" ::"r"(a), "r"(v) : "memory");
}

DEVICE void store_exchanged(ExchangeAddress a, uint4 v)
{
    asm volatile("st.relaxed.cluster.shared::cluster.v4.u32 [%0], {%1,%2,%3,%4};" ::"r"(a), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}

DEVICE void cluster_barrier()
{
    asm volatile("barrier.cluster.arrive.aligned;\n\tbarrier.cluster.wait.aligned;" ::: "memory");
}

#else

typedef u32* ExchangeAddress;

DEVICE ExchangeAddress offset(ExchangeAddress a, u64 words) { return a + words; }

DEVICE uint4 load_exchanged(ExchangeAddress a)
{
    uint4 v;
    asm volatile("ld.relaxed.gpu.global.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(a) : "memory");
    return v;
}

DEVICE void store_exchanged(ExchangeAddress a, u32 v)
{
    asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(a), "r"(v) : "memory");
}

DEVICE void store_exchanged(ExchangeAddress a, uint4 v)
{
    asm volatile("st.relaxed.gpu.global.v4.u32 [%0], {%1,%2,%3,%4};" ::"l"(a), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}

#endif
#endif
