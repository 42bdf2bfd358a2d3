// Keeps a device busy for a time, so that the host can queue work behind it: what is timed then never waits for the host.

struct HoldArguments {
    unsigned long long nanoseconds;
};

__device__ unsigned long long clock_nanoseconds()
{
    unsigned long long now;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
    return now;
}

extern "C" __global__ void hold(HoldArguments args)
{
    unsigned long long start = clock_nanoseconds();
    while (clock_nanoseconds() - start < args.nanoseconds) {
    }
}
