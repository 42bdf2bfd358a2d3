// What CUDA C++ source finds when it is compiled for the emulated device: the language's additions, the built-in functions, and the functions
// of hardware.cuh, whose own text the guard HARDWARE leaves out. Everything that makes threads wait for each other goes through Emulation.
#pragma once
#define HARDWARE

#include <cmath>
#include <cstdint>
#include <cstring>

typedef unsigned int u32;
typedef unsigned long long u64;

struct alignas(16) uint4 { u32 x, y, z, w; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) float2 { float x, y; };
struct alignas(8) uint2 { u32 x, y; };
struct dim3 { u32 x = 1, y = 1, z = 1; };

inline uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return {x, y, z, w}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline float2 make_float2(float x, float y) { return {x, y}; }

// The services of the emulation (emulated_driver.cpp), reached through pointers because each module is a library of its own.
struct Emulation
{
    dim3 thread, block, block_size, grid_size;                    // of the thread that runs
    void* (*shared)();                                            // the dynamic shared memory of its block
    void (*sync_threads)();
    void (*sync_cluster)();
    void (*pause)();                                              // lets other threads run, perhaps
    int (*any)(int predicate);                                    // over the warp
    u32 (*shuffle)(u32 value, int source_lane);                   // source lane's value
    void (*multiply_add)(float* d, const u32* a, const u32* b);   // one warp's tensor product; lanes give their parts
    void (*store)(u32* place, u32 word);                          // seen by others sooner or later
    void* (*in_member)(void* shared_place, u32 member);           // the same place in another block of the cluster
};

extern "C" { extern Emulation* emulation; }
#ifdef EMULATED_MODULE
extern "C" { Emulation* emulation; void bind_emulation(Emulation* services) { emulation = services; } }
#endif

#define __global__
#define __device__
#define __host__
#define __constant__ static const
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define DEVICE inline
#define UNROLL
#define threadIdx (emulation->thread)
#define blockIdx (emulation->block)
#define blockDim (emulation->block_size)
#define gridDim (emulation->grid_size)

inline u32 __float_as_uint(float x) { u32 r; std::memcpy(&r, &x, 4); return r; }
inline float __uint_as_float(u32 x) { float r; std::memcpy(&r, &x, 4); return r; }
inline int __float_as_int(float x) { return (int)__float_as_uint(x); }
inline float __int_as_float(int x) { return __uint_as_float((u32)x); }
inline void __syncthreads() { emulation->sync_threads(); }
inline int __any_sync(u32, int predicate) { return emulation->any(predicate); }
inline float __shfl_sync(u32, float x, int lane) { return __uint_as_float(emulation->shuffle(__float_as_uint(x), lane & 31)); }
inline float __shfl_xor_sync(u32 m, float x, int mask) { return __shfl_sync(m, x, (int)(threadIdx.x & 31) ^ mask); }
inline float __shfl_down_sync(u32 m, float x, int by)
{
    int lane = (int)(threadIdx.x & 31);
    return __shfl_sync(m, x, lane + by < 32 ? lane + by : lane);
}
inline float rsqrtf(float x) { return 1.f / std::sqrt(x); }
inline float __fmaf_rn(float a, float b, float c) { return std::fmaf(a, b, c); }
inline u32 __umulhi(u32 a, u32 b) { return (u32)(((u64)a * b) >> 32); }
inline u64 __umul64hi(u64 a, u64 b) { return (u64)(((unsigned __int128)a * b) >> 64); }
inline float atomicAdd(float* p, float x) { float old = *p; *p = old + x; return old; }
inline u32 atomicAdd(u32* p, u32 x) { u32 old = *p; *p = old + x; return old; }
inline int atomicOr(int* p, int x) { int old = *p; *p = old | x; return old; }
inline u32 atomicOr(u32* p, u32 x) { u32 old = *p; *p = old | x; return old; }
inline u32 atomicExch(u32* p, u32 x) { u32 old = *p; *p = x; return old; }
inline void __threadfence() {}
using std::exp; using std::fabs; using std::floor; using std::log; using std::sqrt; using std::tanh; using std::isfinite;

// hardware.cuh
inline u32 bits(float x) { return __float_as_uint(x); }
inline float number(u32 x) { return __uint_as_float(x); }
inline u32 round_to_tf32(float x)
{
    u32 r = bits(x);
    return (r & 0x7f800000u) == 0x7f800000u ? r : (r + 0x1000u) & 0xffffe000u;
}
inline void tensor_multiply_add(float (&d)[4], uint4 a, u32 b0, u32 b1)
{
    u32 left[4] = {a.x, a.y, a.z, a.w}, right[2] = {b0, b1};
    emulation->multiply_add(d, left, right);
}
inline int held(int x) { return x; }
inline float exp2_near(float x) { return std::exp2(x); }
inline float reciprocal_near(float x) { return 1.f / x; }
inline uint4 load_in_place(const uint4* p) { return *p; }
inline void prefetch(const float* p) { volatile float read = *p; (void)read; }
inline uint4* shared_memory() { return (uint4*)emulation->shared(); }

typedef u32* ExchangeAddress;
inline ExchangeAddress shared_address(const void* p) { return (u32*)p; }
inline ExchangeAddress in_member(ExchangeAddress a, u32 member) { return (u32*)emulation->in_member(a, member); }
inline ExchangeAddress offset(ExchangeAddress a, u64 words) { return a + words; }
inline uint4 load_exchanged(ExchangeAddress a)
{
    // Between any two of its words a vector may be torn.
    uint4 v;
    emulation->pause();
    v.x = ((volatile u32*)a)[0], v.y = ((volatile u32*)a)[1];
    v.z = ((volatile u32*)a)[2], v.w = ((volatile u32*)a)[3];
    return v;
}
inline void store_exchanged(ExchangeAddress a, u32 v) { emulation->store(a, v); }
inline void store_exchanged(ExchangeAddress a, uint4 v)
{
    emulation->store(a, v.x), emulation->store(a + 1, v.y), emulation->store(a + 2, v.z), emulation->store(a + 3, v.w);
}
inline void cluster_barrier() { emulation->sync_cluster(); }
