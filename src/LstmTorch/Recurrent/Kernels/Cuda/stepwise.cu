// One time step of the cell without its matrix products, which the host computes between these kernels. For devices and sizes
// that the kernels for whole sequences do not serve: nothing here asks for more than any CUDA device has.
// One thread computes one unit of one sequence of the batch. Gates lie in the order i f g o.

struct ForwardStep {
    const float *p_i, *p_f, *p_g, *p_o;  // diagonal peepholes, [H]; null where there is none
    float* gates;                        // [B, 4H]: in all terms but the diagonal peepholes', out the activated gates
    const float* c_before;               // c of the step before, [B, H]
    float *c, *h;                        // [B, H]
    int B, H;
};

struct BackwardStep {
    const float *p_i, *p_f, *p_g, *p_o;
    const float *gates, *c_before, *c;   // of the forward pass
    const float* dy;                     // [B, H], or null for zeros
    float *dh, *dc;                      // [B, H]: in from the step after, out to the step before
    float* da;                           // [B, 4H]: gradients before the activations
    float* sums;                         // [8, B, H]: over time, da of i f g o, and of each times the cell that its diagonal peephole sees
    int B, H;
};

struct Place {
    size_t state, gate, unit, width;     // of [B, H], of gate i in [B, 4H], of [H]; from one gate to the next
};

template <class Step> __device__ bool find_place(const Step& s, Place& at)
{
    size_t n = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    at.state = n;
    at.unit = n % s.H;
    at.width = s.H;
    at.gate = n / s.H * 4 * s.H + at.unit;
    return n < (size_t)s.B * s.H;
}

__device__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }

// p c, where there is a peephole.
__device__ float peep(const float* p, const Place& at, float c) { return p ? p[at.unit] * c : 0; }

__device__ void cell(const ForwardStep& s, const Place& at)
{
    float* a = s.gates + at.gate;
    float c_before = s.c_before[at.state];
    float i = sigmoid(a[0] + peep(s.p_i, at, c_before));
    float f = sigmoid(a[at.width] + peep(s.p_f, at, c_before));
    float g = tanhf(a[2 * at.width] + peep(s.p_g, at, c_before));
    a[0] = i;
    a[at.width] = f;
    a[2 * at.width] = g;
    s.c[at.state] = f * c_before + i * g;
}

__device__ void hidden(const ForwardStep& s, const Place& at)
{
    float* a_o = s.gates + at.gate + 3 * at.width;
    float c = s.c[at.state];
    float o = sigmoid(*a_o + peep(s.p_o, at, c));
    *a_o = o;
    s.h[at.state] = o * tanhf(c);
}

__device__ void add_sum(const BackwardStep& s, const Place& at, int gate, float da, const float* p, float c)
{
    size_t row = (size_t)s.B * s.H;
    s.sums[gate * row + at.state] += da;
    if (p)
        s.sums[(4 + gate) * row + at.state] += da * c;
}

__device__ void hidden_gradient(const BackwardStep& s, const Place& at)
{
    float dh = s.dh[at.state] + (s.dy ? s.dy[at.state] : 0);
    float c = s.c[at.state], tanh_c = tanhf(c), o = s.gates[at.gate + 3 * at.width];
    float da_o = dh * tanh_c * o * (1 - o);
    s.da[at.gate + 3 * at.width] = da_o;
    s.dc[at.state] += dh * o * (1 - tanh_c * tanh_c) + peep(s.p_o, at, da_o);
    add_sum(s, at, 3, da_o, s.p_o, c);
}

__device__ void cell_gradient(const BackwardStep& s, const Place& at)
{
    const float* a = s.gates + at.gate;
    float i = a[0], f = a[at.width], g = a[2 * at.width];
    float dc = s.dc[at.state], c_before = s.c_before[at.state];
    float da_i = dc * g * i * (1 - i);
    float da_f = dc * c_before * f * (1 - f);
    float da_g = dc * i * (1 - g * g);
    float* da = s.da + at.gate;
    da[0] = da_i;
    da[at.width] = da_f;
    da[2 * at.width] = da_g;
    s.dc[at.state] = dc * f + peep(s.p_i, at, da_i) + peep(s.p_f, at, da_f) + peep(s.p_g, at, da_g);
    add_sum(s, at, 0, da_i, s.p_i, c_before);
    add_sum(s, at, 1, da_f, s.p_f, c_before);
    add_sum(s, at, 2, da_g, s.p_g, c_before);
}

// Where the output gate sees every cell, a matrix product lies between the halves of a step.

extern "C" __global__ void forward_cell(ForwardStep s)
{
    Place at;
    if (find_place(s, at))
        cell(s, at);
}

extern "C" __global__ void forward_hidden(ForwardStep s)
{
    Place at;
    if (find_place(s, at))
        hidden(s, at);
}

extern "C" __global__ void forward_step(ForwardStep s)
{
    Place at;
    if (!find_place(s, at))
        return;
    cell(s, at);
    hidden(s, at);
}

extern "C" __global__ void backward_hidden(BackwardStep s)
{
    Place at;
    if (find_place(s, at))
        hidden_gradient(s, at);
}

extern "C" __global__ void backward_cell(BackwardStep s)
{
    Place at;
    if (find_place(s, at))
        cell_gradient(s, at);
}

extern "C" __global__ void backward_step(BackwardStep s)
{
    Place at;
    if (!find_place(s, at))
        return;
    hidden_gradient(s, at);
    cell_gradient(s, at);
}
