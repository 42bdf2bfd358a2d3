using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>Layers of ours and of <c>nn.LSTM</c>, forward or forward and backward, over one random batch; time-major, as both compute.</summary>
internal sealed class LayersBenchmark : IBenchmark
{
    private readonly BenchmarkCase _case;
    private readonly PeepholeLstm _ours;
    private readonly LSTM _theirs;
    private readonly Tensor _input;

    public LayersBenchmark(BenchmarkCase @case, string kernel, Device device, MatrixPrecision precision)
    {
        _case = @case;
        int[] widths = [.. Enumerable.Repeat(@case.HiddenSize, @case.Layers)];
        var peephole = new Peephole(@case.Peephole, @case.Peephole == PeepholeKind.None ? PeepholeConnections.None : PeepholeConnections.All);
        _ours = new PeepholeLstm(@case.InputSize, widths, peephole, batchFirst: false, device: device) { Kernel = kernel, Precision = precision, AccumulatesGradients = true };
        _theirs = nn.LSTM(@case.InputSize, @case.HiddenSize, @case.Layers, device: device);
        if (device.type == DeviceType.CUDA)
            _theirs.flatten_parameters();
        _input = randn(@case.Steps, @case.Batch, @case.InputSize, device: device).DetachFromDisposeScope();
        _input.requires_grad_(@case.Pass == BenchmarkPass.Train);
        Kernel = LstmKernels.Choose(kernel, _ours.Layers[0], _input).Name;
    }

    public string Kernel { get; }

    public bool ReadsResults => false;

    public void Ours() => Run(_ours, () => _ours.call(_input, null).Output);

    public void Theirs() => Run(_theirs, () => _theirs.call(_input).Item1);

    public void Synchronize() => Devices.Synchronize(_input.device);

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _input.Dispose();
    }

    private void Run(nn.Module module, Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        if (_case.Pass == BenchmarkPass.Forward)
        {
            using var noGradient = no_grad();
            forward();
        }
        else
        {
            forward().sum().backward();

            // Not left for the other side's turn: a gradient at the end of the heap would keep it from being trimmed.
            _input.grad = null;
            module.zero_grad();
        }
    }
}
