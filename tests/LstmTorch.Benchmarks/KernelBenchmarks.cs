using BenchmarkDotNet.Attributes;
using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Benchmarks;

/// <summary>The CPU kernels alone, without libtorch: one layer of the documented model, for every vector width of this processor.</summary>
[MemoryDiagnoser]
public unsafe class KernelBenchmarks : IDisposable
{
    private const int Batch = 32, Steps = 30, InputSize = 50, HiddenSize = 50, Gates = 4, Seed = 7;

    private readonly List<float[]> _arrays = [];
    private readonly Random _random = new(Seed);
    private LstmSequence _sequence = null!;
    private LayerWeights _weights;
    private LayerWeights _gradients;
    private StridedSequence _x;
    private StridedSequence _y;
    private StridedSequence _dx;

    /// <summary>The widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelSet.All.Select(set => set.Width);

    /// <summary>Floats in a vector.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>The kind of the peepholes.</summary>
    [Params(PeepholeKind.None, PeepholeKind.Diagonal, PeepholeKind.Full)]
    public PeepholeKind Kind { get; set; }

    /// <summary>Threads, the caller's included.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var shape = new SequenceShape(Batch, Steps, InputSize, HiddenSize, new Peephole(Kind, PeepholeConnections.All));
        _sequence = new LstmSequence(shape, keepsForBackward: true, KernelSet.All.Single(set => set.Width == Width), Threads);
        _weights = Weights();
        _gradients = Weights();
        _x = StridedSequence.TimeMajor(Array(Steps * Batch * InputSize), Batch, InputSize);
        _y = StridedSequence.TimeMajor(Array(Steps * Batch * HiddenSize), Batch, HiddenSize);
        _dx = StridedSequence.TimeMajor(Array(Steps * Batch * InputSize), Batch, InputSize);
        Forward();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sequence.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Forward() => _sequence.Forward(_weights, _x, null, null, _y, null, null);

    [Benchmark]
    public void Backward() => _sequence.Backward(_weights, _y, null, null, _dx, null, null, _gradients);

    private LayerWeights Weights()
    {
        float* CellWeights() => Kind == PeepholeKind.None ? null : Array(Kind == PeepholeKind.Full ? HiddenSize * HiddenSize : HiddenSize);
        return new LayerWeights
        {
            Ih = Array(Gates * HiddenSize * InputSize),
            Hh = Array(Gates * HiddenSize * HiddenSize),
            Bias = Array(Gates * HiddenSize),
            Ci = CellWeights(),
            Cf = CellWeights(),
            Cc = CellWeights(),
            Co = CellWeights(),
        };
    }

    private float* Array(int count)
    {
        float[] array = GC.AllocateArray<float>(count, pinned: true);
        for (int n = 0; n < count; n++)
            array[n] = (_random.NextSingle() - 0.5f) / 5;
        _arrays.Add(array);
        return (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
    }
}
