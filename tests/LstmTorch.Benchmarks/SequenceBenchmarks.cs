using BenchmarkDotNet.Attributes;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarks;

/// <summary>One pass over a batch of sequences with the documented model's layers, beside <c>nn.LSTM</c> without peepholes.</summary>
[MemoryDiagnoser]
public class SequenceBenchmarks : IDisposable
{
    private const int Batch = 32, Steps = 30, InputSize = 4, HiddenSize = 50, LayerCount = 3;

    private PeepholeLstm _lstm = null!;
    private TorchSharp.Modules.LSTM _nnLstm = null!;
    private Tensor _input = null!;

    /// <summary>The kernels to time.</summary>
    public static IEnumerable<string> Kernels => LstmKernels.All.Select(kernel => kernel.Name);

    /// <summary>The kernel.</summary>
    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = LstmKernels.Auto;

    /// <summary>The kind of the peepholes.</summary>
    [Params(PeepholeKind.None, PeepholeKind.Diagonal, PeepholeKind.Full)]
    public PeepholeKind Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        LibTorch.Load();
        manual_seed(0);
        _lstm = new PeepholeLstm(InputSize, [.. Enumerable.Repeat(HiddenSize, LayerCount)], new Peephole(Kind, PeepholeConnections.All)) { Kernel = Kernel };
        _nnLstm = nn.LSTM(InputSize, HiddenSize, LayerCount, batchFirst: true);
        _input = randn(Batch, Steps, InputSize);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _lstm.Dispose();
        _nnLstm.Dispose();
        _input.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void NnLstmTrain()
    {
        using var scope = NewDisposeScope();
        var (output, _, _) = _nnLstm.call(_input, null);
        output.sum().backward();
    }

    [Benchmark]
    public void Train()
    {
        using var scope = NewDisposeScope();
        _lstm.call(_input, null).Output.sum().backward();
    }

    [Benchmark]
    public void Forward()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _ = _lstm.call(_input, null);
    }
}
