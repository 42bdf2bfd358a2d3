using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarking;

/// <summary>
/// A training step of the forecaster against the same model made of <c>nn.LSTM</c>, <c>nn.Dropout</c>, <c>nn.Linear</c> and
/// <c>optim.Adam</c>. Both read their loss, as a training loop does to show it.
/// </summary>
internal sealed class StepBenchmark : IBenchmark
{
    private const double Dropout = 0.2, LearningRate = 1e-3;

    private readonly TrainingState _state;
    private readonly TrainingStep _step;
    private readonly LSTM _lstm;
    private readonly Dropout _dropout;
    private readonly Linear _head;
    private readonly optim.Optimizer _adam;
    private readonly Tensor _context;
    private readonly Tensor _future;

    public StepBenchmark(BenchmarkCase @case, string kernel, Device device, MatrixPrecision precision)
    {
        var config = new ForecasterConfig
        {
            Inputs = [.. Enumerable.Range(0, @case.InputSize).Select(n => $"x{n}")],
            Targets = ["x0"],
            ContextLength = @case.Steps,
            Horizon = 1,
            HiddenSizes = [.. Enumerable.Repeat(@case.HiddenSize, @case.Layers)],
            Dropout = Dropout,
            Peephole = @case.Peephole,
            Connections = PeepholeConnections.All,
            InputScalers = [.. Enumerable.Repeat(ColumnScaler.Identity, @case.InputSize)],
            TargetScalers = [ColumnScaler.Identity],
        };
        var model = new LstmForecaster(config, device: device);
        model.Lstm.Kernel = kernel;
        model.Lstm.Precision = precision;
        model.train();
        _state = new TrainingState(model);
        _step = new TrainingStep(_state, new TrainingOptions());

        _lstm = nn.LSTM(@case.InputSize, @case.HiddenSize, @case.Layers, dropout: Dropout, batchFirst: true, device: device);
        _dropout = nn.Dropout(Dropout);
        _head = nn.Linear(@case.HiddenSize, 1, device: device);
        _adam = optim.Adam([.. _lstm.parameters(), .. _head.parameters()], LearningRate);
        if (device.type == DeviceType.CUDA)
            _lstm.flatten_parameters();

        _context = rand(@case.Batch, @case.Steps, @case.InputSize, device: device).DetachFromDisposeScope();
        _future = rand(@case.Batch, 1, 1, device: device).DetachFromDisposeScope();
        Kernel = LstmKernels.Choose(kernel, model.Lstm.Layers[0], _context).Name;
    }

    public string Kernel { get; }

    public bool ReadsResults => true;

    public void Ours() => _step.Run(new TrainingBatch(_context, _future), LearningRate, randomness: _state.Optimizer.Steps);

    public void Theirs()
    {
        using var scope = NewDisposeScope();
        _adam.zero_grad();
        Tensor last = _lstm.call(_context).Item1.select(1, -1);
        Tensor loss = nn.functional.mse_loss(_head.call(_dropout.call(last)).unsqueeze(1), _future);
        loss.backward();
        _adam.step();
        loss.item<float>();
    }

    public void Synchronize() => Devices.Synchronize(_context.device);

    public void Dispose()
    {
        _state.Model.Dispose();
        _state.Dispose();
        _adam.Dispose();
        _lstm.Dispose();
        _dropout.Dispose();
        _head.Dispose();
        _context.Dispose();
        _future.Dispose();
    }
}
