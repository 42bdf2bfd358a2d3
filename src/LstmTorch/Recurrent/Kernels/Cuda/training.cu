// What a training step does beside the layers, each thing in one pass over memory. Any number of blocks of any size.

struct AdamArguments {
    float* weights;            // theta
    const float* gradients;    // g
    float* mean;               // m
    float* variance;           // v
    const float* shares;       // s; null for 1
    const float* measured;     // the loss of the batch and the norm of its gradient
    long long count;           // of each of the first five
    float clip_norm;           // a gradient of a larger norm is scaled down to it; infinity for no limit
    float beta1, beta2;        // the letters of Adam.cs; the rest as AdamFactors has it
    float root_correction, epsilon, step, keep;
};

struct DropoutArguments {
    const float* input;
    float* output;
    long long count;
    unsigned key_low, key_high;
    unsigned dropped;          // a random number below it drops its element
    float kept;                // what the others are multiplied by
};

// Infinity and NaN differ from themselves by something that is not zero.
__device__ bool is_finite(float x) { return x - x == 0.0f; }

__device__ long long first_element() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }

__device__ long long elements_at_once() { return (long long)gridDim.x * blockDim.x; }

// One step of Adam, or none if the loss or the gradient is not finite: the host learns of that later, and nothing must have changed.
extern "C" __global__ void adam(AdamArguments args)
{
    float loss = args.measured[0], norm = args.measured[1];
    if (!is_finite(loss) || !is_finite(norm))
        return;

    float shrink = norm > args.clip_norm ? args.clip_norm / norm : 1.0f;
    for (long long n = first_element(); n < args.count; n += elements_at_once()) {
        float g = shrink * args.gradients[n];
        float m = args.beta1 * args.mean[n] + (1.0f - args.beta1) * g;
        float v = args.beta2 * args.variance[n] + (1.0f - args.beta2) * g * g;
        args.mean[n] = m;
        args.variance[n] = v;
        float step = args.shares ? args.step * args.shares[n] : args.step;
        args.weights[n] = args.keep * args.weights[n] - step * m / (sqrtf(v) * args.root_correction + args.epsilon);
    }
}

// The finalizer of MurmurHash3, as CounterDropout.cs has it.
__device__ unsigned mix(unsigned h)
{
    h ^= h >> 16;
    h *= 0x85EBCA6Bu;
    h ^= h >> 13;
    h *= 0xC2B2AE35u;
    return h ^ (h >> 16);
}

// CounterDropout: each element's mask is a function of the key and its number, the same on every device.
extern "C" __global__ void dropout(DropoutArguments args)
{
    for (long long n = first_element(); n < args.count; n += elements_at_once()) {
        unsigned random = mix(mix((unsigned)n + args.key_low) + args.key_high);
        args.output[n] = args.input[n] * (random >= args.dropped ? args.kept : 0.0f);
    }
}
