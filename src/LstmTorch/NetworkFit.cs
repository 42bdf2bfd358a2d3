using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>A fresh network of some options and the data that it shall learn, in memory.</summary>
internal sealed class NetworkFit : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LstmForecaster _model;

    /// <summary>Draws the weights of a network from the seed and puts the data on the device.</summary>
    /// <param name="options">How to train.</param>
    /// <param name="config">What the network is; valid.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    /// <param name="windows">The windows to learn from; at least one.</param>
    /// <param name="device">Where to train.</param>
    public NetworkFit(
        RunOptions options, ForecasterConfig config, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, WindowIndex windows, Device device)
    {
        Config = config;
        Windows = windows;
        LibTorch.SetThreads(options.Threads ?? TrainingThreads.Default(config, options.BatchSize));
        manual_seed(options.Seed);
        _model = new LstmForecaster(config, device: device);
        _model.Lstm.Kernel = options.Kernel;
        _model.Lstm.Precision = options.Precision;
        LibTorch.SetPrecision(options.Precision);
        State = new TrainingState(_model, options.AverageWeights is not null, options.PeepholeSteps);
        Data = new ScaledData(set, config, device);
        Weights = options.BalanceSeries ? SeriesWeights.Of(set, splits, config, device) : null;
    }

    /// <summary>Describes the network that some options make of some data, and prepares to train it.</summary>
    /// <exception cref="LstmTorchException">An option is out of its range, or there is no training window.</exception>
    public static NetworkFit Of(RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits)
    {
        ForecasterConfig config = ModelFit.Describe(options, set, splits);
        config.Validate();
        WindowIndex windows = WindowIndex.Of(set, splits, Part.Train, config.ContextLength, config.Horizon);
        return windows.Count > 0
            ? new NetworkFit(options, config, set, splits, windows, Devices.Resolve(options.Device))
            : throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: no series has the {config.ContextLength + config.Horizon} training rows that one window needs");
    }

    /// <summary>What the network is.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>The network and its optimizer.</summary>
    public TrainingState State { get; }

    /// <summary>The scaled rows.</summary>
    public ScaledData Data { get; }

    /// <summary>The windows to learn from.</summary>
    public WindowIndex Windows { get; }

    /// <summary>What the errors of each series are multiplied by in the loss; null for 1.</summary>
    public SeriesWeights? Weights { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights?.Dispose();
        Data.Dispose();
        State.Dispose();
        _model.Dispose();
        _scope.Dispose();
    }
}
