using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Tests;

/// <summary>A training state of a few dozen numbers, all of them different, with a history.</summary>
internal sealed class SmallState : IDisposable
{
    private readonly LstmForecaster _model;

    public SmallState(long step = 7, int hiddenSize = 1)
    {
        _model = new LstmForecaster(new ForecasterConfig
        {
            Inputs = ["a"],
            Targets = ["a"],
            HiddenSizes = [hiddenSize],
            InputScalers = [ColumnScaler.Identity],
            TargetScalers = [ColumnScaler.Identity],
        });
        State = new TrainingState(_model, averages: true)
        {
            Counters = new TrainingCounters
            {
                Step = step,
                Epoch = 1,
                Batch = 2,
                LossSum = 0.1,
                BestEpoch = 1,
                History = [new EpochResult(1, 0.5, double.NaN, 1e-3, 2, 0.25)],
            },
        };
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        // Small enough for float32 to tell neighbours apart.
        float next = step % 1000;
        foreach (Tensor part in Parts)
            part.copy_(arange(next, next += part.numel()));
    }

    public TrainingState State { get; }

    /// <summary>Weights, best weights, both moments and the moving average.</summary>
    public IReadOnlyList<Tensor> Parts => [State.Parameters.Values, State.BestValues, State.Optimizer.Mean, State.Optimizer.Variance, State.MeanValues!];

    /// <summary>All numbers of the tensors.</summary>
    public float[] Values => [.. Parts.SelectMany(part => part.data<float>())];

    public void Dispose()
    {
        State.Dispose();
        _model.Dispose();
    }
}
