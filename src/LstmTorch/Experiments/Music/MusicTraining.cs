using System.Diagnostics;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Music;

/// <summary>Trains one network on the training part, and scores it with the weights that were best on the validation part.</summary>
public sealed class MusicTraining : IDisposable
{
    private readonly PieceSet _pieces;
    private readonly MusicOptions _options;
    private readonly Device _device;
    private readonly NextFrameNetwork _network;
    private readonly FlatParameters _parameters;
    private readonly Adam _optimizer;
    private readonly Tensor _best;
    private readonly Tensor? _mean;
    private readonly List<EpochResult> _history = [];
    private int _bestEpoch;

    /// <summary>Draws the weights of a network.</summary>
    /// <param name="pieces">The parts.</param>
    /// <param name="options">The network and its training.</param>
    public MusicTraining(PieceSet pieces, MusicOptions options)
    {
        _pieces = pieces;
        _options = options;
        _device = Devices.Resolve(options.Device);
        manual_seed(options.Training.Seed).Dispose();
        _network = new NextFrameNetwork(options, _device);
        _parameters = new FlatParameters(_network, options.Training.PeepholeSteps);
        _optimizer = new Adam(_parameters);
        using var noGradient = no_grad();
        _best = _parameters.Values.clone().DetachFromDisposeScope();
        _mean = options.Training.AverageWeights is null ? null : _parameters.Values.clone().DetachFromDisposeScope();
    }

    /// <summary>Trains to the last epoch, or until patience ends.</summary>
    /// <param name="cancellation">Ends it at the next step with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LstmTorchException">The loss or a gradient is no longer finite.</exception>
    public MusicFit Run(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        TrainingOptions training = _options.Training;
        while (_history.Count < training.Epochs && !(_history.Count - _bestEpoch >= training.Patience))
            RunEpoch(cancellation);

        double seconds = clock.Elapsed.TotalSeconds;
        using (no_grad())
            _parameters.Values.copy_(_best);
        return new MusicFit(
            training.Seed,
            NextFrame.Score(_network, _pieces.Train, _device),
            NextFrame.Score(_network, _pieces.Validation, _device),
            NextFrame.Score(_network, _pieces.Test, _device),
            _network.ParameterCount,
            _history.Count,
            _bestEpoch,
            seconds);
    }

    private void RunEpoch(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        int epoch = _history.Count;
        double lossSum = 0, normSum = 0, learningRate = 0;
        long frames = 0;
        _network.train();
        IReadOnlyList<IReadOnlyList<PianoRoll>> batches = PieceOrder.Of(_pieces.Train, _options.Training.BatchSize, _options.Training.Seed, epoch);
        foreach (IReadOnlyList<PianoRoll> some in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            PieceBatch batch = PieceBatch.Of(some, _device);
            learningRate = LearningRates.At(_options.Training, _optimizer.Steps, batches.Count, _history);
            var (loss, norm) = Step(batch, learningRate);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
                throw new LstmTorchException(ErrorKind.Diverged, $"training diverged in epoch {epoch + 1}: the loss is {loss}, the norm of its gradient {norm}; lower --learning-rate");
            lossSum += loss * batch.Frames;
            frames += batch.Frames;
            normSum += norm;
        }

        double validation = OfAverage(() => NextFrame.Score(_network, _pieces.Validation, _device));
        if (_bestEpoch == 0 || validation < _history[_bestEpoch - 1].ValidationLoss)
        {
            _bestEpoch = epoch + 1;
            using var noGradient = no_grad();
            _best.copy_(_mean ?? _parameters.Values);
        }

        _history.Add(new EpochResult(epoch + 1, lossSum / frames, validation, learningRate, normSum / batches.Count, clock.Elapsed.TotalSeconds));
    }

    private (double Loss, double Norm) Step(PieceBatch batch, double learningRate)
    {
        _parameters.Gradients.zero_();
        using Scalar frames = batch.Frames;
        Tensor? weights = AddNoise();
        Tensor loss = NextFrame.Sum(_network.Logits(batch), batch.Targets).div(frames);
        loss.backward();
        FusedLstmFunction.ThrowPending();
        using var noGradient = no_grad();
        if (weights is not null)
            _parameters.Values.copy_(weights);
        double norm = _parameters.Gradients.norm().item<float>();
        if (norm > _options.Training.ClipNorm)
        {
            using Scalar shrink = _options.Training.ClipNorm.Value / norm;
            _parameters.Gradients.mul_(shrink);
        }

        double value = loss.item<float>();
        if (double.IsFinite(value) && double.IsFinite(norm))
            _optimizer.Step(learningRate, _options.Training.WeightDecay);
        Average();
        return (value, norm);
    }

    /// <summary>Adds noise to the weights, and gives what they were without it.</summary>
    private Tensor? AddNoise()
    {
        if (_options.WeightNoise == 0)
            return null;
        using var noGradient = no_grad();
        using Scalar deviation = _options.WeightNoise;
        Tensor weights = _parameters.Values.clone();
        _parameters.Values.add_(randn(weights.shape).to(_device), deviation);
        return weights;
    }

    private void Average()
    {
        if (_mean is null)
            return;

        // Less in the first steps, in which it would keep the initial weights.
        double kept = Math.Min(_options.Training.AverageWeights!.Value, (1.0 + _optimizer.Steps) / (10 + _optimizer.Steps));
        using Scalar keep = kept, take = 1 - kept;
        _mean.mul_(keep).add_(_parameters.Values, take);
    }

    private double OfAverage(Func<double> score)
    {
        if (_mean is null)
            return score();
        using var noGradient = no_grad();
        using Tensor last = _parameters.Values.clone();
        _parameters.Values.copy_(_mean);
        double result = score();
        _parameters.Values.copy_(last);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _parameters.Dispose();
        _optimizer.Dispose();
        _best.Dispose();
        _mean?.Dispose();
    }
}
