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

    /// <summary>Describes the network, draws its weights from the seed and puts the data on the device.</summary>
    /// <exception cref="LstmTorchException">An option is out of its range, or there is no training window.</exception>
    public NetworkFit(RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits)
    {
        Config = ModelFit.Describe(options, set, splits);
        Config.Validate();
        Windows = WindowIndex.Of(set, splits, Part.Train, Config.ContextLength, Config.Horizon);
        if (Windows.Count == 0)
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: no series has the {Config.ContextLength + Config.Horizon} training rows that one window needs");

        LibTorch.SetThreads(options.Threads ?? TrainingThreads.Default(Config, options.BatchSize));
        manual_seed(options.Seed);
        Device device = Devices.Resolve(options.Device);
        _model = new LstmForecaster(Config, device: device);
        _model.Lstm.Kernel = options.Kernel;
        _model.Lstm.Precision = options.Precision;
        LibTorch.SetPrecision(options.Precision);
        State = new TrainingState(_model, options.AverageWeights is not null);
        Data = new ScaledData(set, Config, device);
        Weights = options.BalanceSeries ? SeriesWeights.Of(set, splits, Config, device) : null;
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
