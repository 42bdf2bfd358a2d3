using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Tests;

/// <summary>A trainer on a series of its own that goes on for as many steps as it is asked for, without any file.</summary>
internal sealed class SmallTraining : IDisposable
{
    private readonly LstmForecaster _model;
    private readonly ScaledData _data;
    private readonly TimeSeriesSet _set;
    private readonly RunOptions _options;
    private readonly WindowIndex _windows;

    public SmallTraining(RunOptions? options = null, int rows = SmallSeries.Rows)
    {
        using var folder = new TemporaryFolder();
        _options = options ?? SmallSeries.Options("", "");
        _set = SeriesReader.Read(SmallSeries.Write(folder, rows), _options.Reading);
        ChronologicalSplit[] splits = [ChronologicalSplit.Of(rows, 0, 0)];
        ForecasterConfig config = ModelFit.Describe(_options, _set, splits);
        manual_seed(Seeds.Torch);
        _model = new LstmForecaster(config);
        State = new TrainingState(_model);
        _data = new ScaledData(_set, config, CPU);
        _windows = WindowIndex.Of(splits, Part.Train, config.ContextLength, config.Horizon);
    }

    public TrainingState State { get; }

    public LstmForecaster Model => _model;

    /// <summary>Takes so many steps more.</summary>
    public void Run(int steps, Action? stepEnded = null)
    {
        using var stop = new CancellationTokenSource();
        long last = State.Counters.Step + steps;
        var trainer = new Trainer(State, _data, _windows, _windows, _options.Training with { Epochs = int.MaxValue });
        trainer.Run(
            new TrainerEvents(StepEnded: () =>
            {
                stepEnded?.Invoke();
                if (State.Counters.Step == last)
                    stop.Cancel();
            }),
            stop.Token);
    }

    /// <summary>The weights, copied.</summary>
    public float[] Weights => [.. State.Parameters.Values.data<float>()];

    /// <summary>The scaled forecasts of all windows, through libtorch.</summary>
    public float[] Forecast()
    {
        float[] values = [];
        Forecasts.ForEachBatch(_model, _data, _windows, (_, _, forecast) => values = [.. forecast.contiguous().data<float>()]);
        return values;
    }

    public void Dispose()
    {
        State.Dispose();
        _model.Dispose();
        _data.Dispose();
    }
}
