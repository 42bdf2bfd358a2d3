using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using LstmTorch.Runtime.Kernels;

namespace LstmTorch.Benchmarks;

/// <summary>σ and tanh of a row that stays in the first-level cache, beside the scalar functions of .NET.</summary>
public unsafe class ActivationBenchmarks
{
    private const int Count = 1024;

    private readonly float[] _input = GC.AllocateArray<float>(Count, pinned: true);
    private readonly float[] _output = GC.AllocateArray<float>(Count, pinned: true);

    [GlobalSetup]
    public void Setup()
    {
        for (int n = 0; n < Count; n++)
            _input[n] = (n - (Count / 2)) / 64f;
    }

    [Benchmark(Baseline = true)]
    public void TanhScalar()
    {
        for (int n = 0; n < Count; n++)
            _output[n] = MathF.Tanh(_input[n]);
    }

    [Benchmark]
    public void Tanh() => RunWidest(tanh: true);

    [Benchmark]
    public void Sigmoid() => RunWidest(tanh: false);

    private void RunWidest(bool tanh)
    {
        if (KernelSet.Widest.Width == Lanes512.Width)
            Run<Lanes512, Vector512<float>>(tanh);
        else if (KernelSet.Widest.Width == Lanes256.Width)
            Run<Lanes256, Vector256<float>>(tanh);
        else
            Run<Lanes128, Vector128<float>>(tanh);
    }

    private void Run<L, V>(bool tanh)
        where L : struct, ILanes<V>
        where V : struct
    {
        fixed (float* input = _input, output = _output)
        {
            for (int n = 0; n < Count; n += L.Width)
            {
                V x = L.Load(input + n);
                L.Store(output + n, tanh ? Activations<L, V>.Tanh(x) : Activations<L, V>.Sigmoid(x));
            }
        }
    }
}
