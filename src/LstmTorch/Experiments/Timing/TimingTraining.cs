using System.Diagnostics;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Timing;

/// <summary>Trains one network until it has learned a task, or for so many steps.</summary>
/// <remarks>
/// Published were one stream at a time up to its first error, and gradients without what comes of earlier outputs. Here a step of Adam is taken along
/// the whole gradient of the squared error over streams of a few events.
/// </remarks>
public sealed class TimingTraining : IDisposable
{
    /// <summary>How long the streams of training are, in events.</summary>
    public const int TrainingEvents = 5;

    /// <summary>A task is learned when so many events of a fresh stream are right at every step.</summary>
    public const int TestEvents = 1000;

    /// <summary>Every so many steps a network that is right in training is tested.</summary>
    private const int StepsBetweenTests = 50;

    private const double ClipNorm = 1;

    private readonly TimingTask _task;
    private readonly TimingOptions _options;
    private readonly TimingNetwork _network;
    private readonly FlatParameters _parameters;
    private readonly Adam _optimizer;

    /// <summary>Draws the weights of a network.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">The network and its training.</param>
    public TimingTraining(TimingTask task, TimingOptions options)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (_task, _options) = (task, options);
        manual_seed(options.Seed).Dispose();
        _network = new TimingNetwork(options);
        _parameters = new FlatParameters(_network);
        _optimizer = new Adam(_parameters);
    }

    /// <summary>Trains until the task is learned, the steps are taken, or the loss is no longer finite.</summary>
    /// <param name="cancellation">Ends it at the next step with an <see cref="OperationCanceledException"/>.</param>
    public TimingFit Run(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        bool isLearned = false, isFinite = true;
        while (!isLearned && isFinite && _optimizer.Steps < _options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var (largestError, norm) = Step();
            isFinite = double.IsFinite(norm);
            isLearned = _optimizer.Steps % StepsBetweenTests == 0 && largestError < _task.Tolerance && IsRight(TestEvents);
        }

        return new TimingFit(_options.Seed, isLearned, (int)_optimizer.Steps, _network.ParameterCount, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Whether a fresh stream of so many events is right at every step.</summary>
    public bool IsRight(int events)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        TimingStreams test = _task.Draw(streams: 1, _task.StepsOf(events));
        return LargestOf(_network.call(test.Inputs) - test.Targets) < _task.Tolerance;
    }

    private (double LargestError, double Norm) Step()
    {
        using var scope = NewDisposeScope();
        TimingStreams streams = _task.Draw(_task.StreamsTogether, _task.StepsOf(TrainingEvents));
        _parameters.Gradients.zero_();
        Tensor error = _network.call(streams.Inputs) - streams.Targets;
        error.square().mean().backward();
        FusedLstmFunction.ThrowPending();
        using var noGradient = no_grad();
        double norm = _parameters.Gradients.norm().item<float>();
        if (norm > ClipNorm)
        {
            // Held while native code reads it; see HeldScalars.
            using Scalar shrink = ClipNorm / norm;
            _parameters.Gradients.mul_(shrink);
        }

        if (double.IsFinite(norm))
            _optimizer.Step(_options.LearningRate);
        return (LargestOf(error), norm);
    }

    private static double LargestOf(Tensor error) => error.abs().max().item<float>();

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _parameters.Dispose();
        _optimizer.Dispose();
    }
}
