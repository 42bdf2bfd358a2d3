using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>
/// Layers of ours and of <c>nn.LSTM</c>, forward or forward and backward, over one random batch; time-major, as both compute.
/// </summary>
/// <remarks>
/// On a CUDA device, where every call counts, the gradient of y is given instead of that of a sum, and ours add to gradients that are cleared after
/// each pass, as in training here; those of <c>nn.LSTM</c> are new ones, which is faster.
/// </remarks>
internal sealed class LayersBenchmark : IBenchmark
{
    private readonly BenchmarkCase _case;
    private readonly PeepholeLstm _ours;
    private readonly LSTM _theirs;
    private readonly Tensor _input;
    private readonly Tensor? _gradient;
    private readonly FlatParameters? _parameters;

    public LayersBenchmark(BenchmarkCase @case, string kernel, Device device, MatrixPrecision precision)
    {
        _case = @case;
        int[] widths = [.. Enumerable.Repeat(@case.HiddenSize, @case.Layers)];
        var peephole = new Peephole(@case.Peephole, @case.Peephole == PeepholeKind.None ? PeepholeConnections.None : PeepholeConnections.All);
        _ours = new PeepholeLstm(@case.InputSize, widths, peephole, batchFirst: false, device: device) { Kernel = kernel, Precision = precision };
        _theirs = nn.LSTM(@case.InputSize, @case.HiddenSize, @case.Layers, device: device);
        if (device.type == DeviceType.CUDA)
            _theirs.flatten_parameters();
        _input = randn(@case.Steps, @case.Batch, @case.InputSize, device: device).DetachFromDisposeScope();
        _input.requires_grad_(@case.Pass == BenchmarkPass.Train);
        if (device.type == DeviceType.CUDA && @case.Pass == BenchmarkPass.Train)
        {
            _gradient = randn(@case.Steps, @case.Batch, @case.HiddenSize, device: device).DetachFromDisposeScope();
            _parameters = new FlatParameters(_ours);
            _ours.AccumulatesGradients = true;
        }

        Kernel = LstmKernels.Choose(kernel, _ours.Layers[0], _input).Name;
    }

    public string Kernel { get; }

    public bool ReadsResults => false;

    public void Ours() => Run(() => _ours.call(_input, null).Output, ClearOurs);

    public void Theirs() => Run(() => _theirs.call(_input).Item1, () => _theirs.zero_grad());

    public void Synchronize() => Devices.Synchronize(_input.device);

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _parameters?.Dispose();
        _input.Dispose();
        _gradient?.Dispose();
    }

    private void ClearOurs()
    {
        if (_parameters is null)
            _ours.zero_grad();
        else
            _parameters.Gradients.zero_();
    }

    private void Run(Func<Tensor> forward, Action clear)
    {
        using var scope = NewDisposeScope();
        if (_case.Pass == BenchmarkPass.Forward)
        {
            using var noGradient = no_grad();
            forward();
        }
        else
        {
            if (_gradient is null)
                forward().sum().backward();
            else
                autograd.backward([forward()], [_gradient]);

            // Not left for the other side's turn: a gradient at the end of the heap would keep it from being trimmed.
            _input.grad = null;
            clear();
        }
    }
}
