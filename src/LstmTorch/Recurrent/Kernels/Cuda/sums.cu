// The sums over the batch of what the backward pass has summed over time, added to the gradients of the bias and of diagonal peepholes.

struct BatchSumArguments {
    const float* over_time;    // [8, B, H]: da of i f g o, and each times the cell that its peephole sees
    float* bias;               // [4H]
    float* peepholes[4];       // [H] each; null for a gate that does not see the cell
    int batch, hidden_size;
    int count;                 // how many sums: 4H, or 8H with diagonal peepholes
};

extern "C" __global__ void add_batch_sums(BatchSumArguments args)
{
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= args.count)
        return;
    int kind = n / args.hidden_size, unit = n % args.hidden_size;
    float* gradient = kind < 4 ? args.bias + n : args.peepholes[kind - 4] ? args.peepholes[kind - 4] + unit : nullptr;
    if (!gradient)
        return;

    // Eight at a time, so that as many reads are under way.
    const float* row = args.over_time + (long long)kind * args.batch * args.hidden_size + unit;
    float sum[8] = {};
    for (int first = 0; first < args.batch; first += 8) {
        for (int b = 0; b < 8; b++) {
            if (first + b < args.batch)
                sum[b] += row[(long long)(first + b) * args.hidden_size];
        }
    }
    *gradient += ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}
