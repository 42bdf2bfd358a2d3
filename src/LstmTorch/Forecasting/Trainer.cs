using System.Diagnostics;
using LstmTorch.Data;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>Fits a network to windows: a loss of scaled values, Adam, best weights by validation loss.</summary>
/// <remarks>Knows neither files nor columns. Seed, data and thread count fix every bit of the result on a CPU.</remarks>
public sealed class Trainer
{
    /// <summary>So many in a row are no accident of a batch: the weights or the data are past going on.</summary>
    private const int MostSkippedInARow = 10;

    private readonly TrainingState _state;
    private readonly ScaledData _data;
    private readonly WindowIndex _training;
    private readonly WindowIndex _validation;
    private readonly TrainingOptions _options;
    private readonly SeriesWeights? _weights;
    private readonly TrainingStep _step;

    /// <summary>Prepares to train.</summary>
    /// <param name="state">The network, its optimizer and counters; fresh, or restored from a checkpoint.</param>
    /// <param name="data">The scaled rows.</param>
    /// <param name="training">The windows to learn from; at least one.</param>
    /// <param name="validation">The windows that choose the best weights; if there are none, the last epoch's weights are the best.</param>
    /// <param name="options">How to train.</param>
    /// <param name="weights">What the errors of each series are multiplied by in the loss; null for 1.</param>
    public Trainer(
        TrainingState state, ScaledData data, WindowIndex training, WindowIndex validation, TrainingOptions options, SeriesWeights? weights = null)
    {
        _weights = weights;
        _state = state;
        _data = data;
        _training = training;
        _validation = validation;
        _options = options;
        _step = new TrainingStep(state, options);
    }

    /// <summary>How many steps one epoch has.</summary>
    public int BatchesPerEpoch => (int)(((long)_training.Count + _options.BatchSize - 1) / _options.BatchSize);

    /// <summary>Trains until the last epoch, until patience ends, or until cancelled, then at the next step.</summary>
    /// <param name="events">Told how it goes.</param>
    /// <param name="cancellation">Stops training after the batch under way.</param>
    /// <param name="pauseAfter">The epoch after which training stops as if cancelled; null for none.</param>
    /// <returns>True if training came to its end, false if it was cancelled.</returns>
    /// <exception cref="LstmTorchException">The loss or a gradient is no longer finite; the state is that before the batch.</exception>
    public bool Run(TrainerEvents events, CancellationToken cancellation, int? pauseAfter = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        while (_state.Counters.Epoch < _options.Epochs && !PatienceEnded())
        {
            if (_state.Counters.Epoch >= pauseAfter || !RunEpoch(events, cancellation))
                return false;
            events.EpochEnded?.Invoke();
        }

        return true;
    }

    private double LearningRateAt(long step) => LearningRates.At(_options, step, BatchesPerEpoch, _state.Counters.History);

    private bool PatienceEnded() =>
        _options.Patience is { } patience && _state.Counters.Epoch - _state.Counters.BestEpoch >= patience;

    private bool RunEpoch(TrainerEvents events, CancellationToken cancellation)
    {
        double secondsBefore = _state.Counters.Seconds;
        var clock = Stopwatch.StartNew();
        int epoch = _state.Counters.Epoch;
        using Tensor origins = Origins(new Permutation((ulong)_options.Seed, epoch, _training.Count));
        _state.Model.train();
        while (_state.Counters.Batch < BatchesPerEpoch)
        {
            if (cancellation.IsCancellationRequested)
                return false;

            int start = BatchStart(_state.Counters.Batch), end = BatchStart(_state.Counters.Batch + 1);
            Step(origins, start, end - start, events.Skipped);

            TrainingCounters now = _state.Counters = _state.Counters with { Seconds = secondsBefore + clock.Elapsed.TotalSeconds };
            events.StepEnded?.Invoke();
            if (now.Batch < BatchesPerEpoch)
                events.Progress?.Report(Progress(now, end));
        }

        EpochResult result = EndEpoch(() => secondsBefore + clock.Elapsed.TotalSeconds, out bool isBest);
        events.Progress?.Report(new TrainingProgress(
            epoch + 1, _options.Epochs, BatchesPerEpoch, BatchesPerEpoch, result.TrainLoss, _training.Count / result.Seconds, result, isBest));
        return true;
    }

    /// <summary>The origins of all training windows in the order of an epoch, on the device.</summary>
    private Tensor Origins(Permutation order)
    {
        int[] indices = new int[_training.Count];
        for (int n = 0; n < indices.Length; n++)
            indices[n] = order[n];
        return _data.Origins(_training, indices);
    }

    /// <summary>The first window of a batch. Batches differ by one window at most: a lone leftover would take a step as large as a full one.</summary>
    private int BatchStart(int batch) => (int)((long)_training.Count * batch / BatchesPerEpoch);

    private TrainingProgress Progress(TrainingCounters now, int seen) => new(
        now.Epoch + 1, _options.Epochs, now.Batch, BatchesPerEpoch, now.LossSum / (seen - now.SkippedWindows), seen / now.Seconds, null, false);

    private void Step(Tensor epoch, int start, int count, Action<string>? skipped)
    {
        using var scope = NewDisposeScope();
        TrainingCounters counters = _state.Counters;
        Tensor origins = epoch.narrow(0, start, count);

        // Dropout follows from seed and step alone, so that a resumed run repeats it without a generator's state.
        StepResult result = _step.Run(_data.Batch(origins, _weights), LearningRateAt(counters.Step), HashCode(_options.Seed, counters.Step));
        if (result.NotFinite is { } what)
        {
            Skip(count, what, skipped);
            return;
        }

        _state.Counters = counters with
        {
            Step = counters.Step + 1,
            SkippedInARow = 0,
            Batch = counters.Batch + 1,
            LossSum = counters.LossSum + (result.Loss * count),
            GradientNormSum = counters.GradientNormSum + result.GradientNorm,
        };
    }

    private void Skip(int windows, string what, Action<string>? skipped)
    {
        TrainingCounters counters = _state.Counters;
        string where = $"epoch {counters.Epoch + 1}, batch {counters.Batch + 1}";
        if (_options.OnNonfinite == NonfiniteAction.Stop)
            throw new LstmTorchException(ErrorKind.Diverged, $"training diverged in {where}: {what}; lower --learning-rate, or set --clip-norm 1");
        if (counters.SkippedInARow == MostSkippedInARow)
        {
            throw new LstmTorchException(
                ErrorKind.Diverged,
                $"training diverged: {where} would be one more batch to skip after {MostSkippedInARow} in a row: {what}; lower --learning-rate, or set --clip-norm 1");
        }

        _state.Counters = counters with
        {
            Step = counters.Step + 1,
            Skipped = counters.Skipped + 1,
            SkippedInARow = counters.SkippedInARow + 1,
            Batch = counters.Batch + 1,
            SkippedBatches = counters.SkippedBatches + 1,
            SkippedWindows = counters.SkippedWindows + windows,
        };
        skipped?.Invoke($"{where} skipped: {what} ({_state.Counters.Skipped} of {_state.Counters.Step} batches skipped so far)");
    }

    private EpochResult EndEpoch(Func<double> seconds, out bool isBest)
    {
        double validationLoss = LossOfAverage(_validation);
        TrainingCounters counters = _state.Counters;
        double best = counters.BestEpoch == 0 ? double.NaN : counters.History[counters.BestEpoch - 1].ValidationLoss;

        // An exploded validation loss compares as nothing: it must not take the place of good weights.
        isBest = _validation.Count == 0 || (double.IsFinite(validationLoss) && !(validationLoss >= best));
        if (isBest)
        {
            using var noGradient = no_grad();
            _state.BestValues.copy_(_state.MeanValues ?? _state.Parameters.Values);
        }

        var result = new EpochResult(
            counters.Epoch + 1,
            counters.LossSum / (_training.Count - counters.SkippedWindows),
            validationLoss,
            LearningRateAt(counters.Step - 1),
            counters.GradientNormSum / (BatchesPerEpoch - counters.SkippedBatches),
            seconds());
        _state.Counters = new TrainingCounters
        {
            Step = counters.Step,
            Skipped = counters.Skipped,
            SkippedInARow = counters.SkippedInARow,
            Epoch = result.Epoch,
            BestEpoch = isBest ? result.Epoch : counters.BestEpoch,
            History = [.. counters.History, result],
        };
        return result;
    }

    /// <summary>The loss of the averaged weights, where there are any, else of those of the last step.</summary>
    private double LossOfAverage(WindowIndex windows)
    {
        if (_state.MeanValues is not { } mean)
            return Loss(windows);
        using var noGradient = no_grad();
        using Tensor last = _state.Parameters.Values.clone();
        _state.Parameters.Values.copy_(mean);
        try
        {
            return Loss(windows);
        }
        finally
        {
            _state.Parameters.Values.copy_(last);
        }
    }

    private double Loss(WindowIndex windows)
    {
        if (windows.Count == 0)
            return double.NaN;

        // Read together at the end: on a GPU each read waits for all that is queued.
        using var scope = NewDisposeScope();
        var losses = new List<Tensor>();
        var counts = new List<Tensor>();
        long count = 0;
        Forecasts.ForEachBatch(_state.Model, _data, windows, (_, origins, output) =>
        {
            TrainingBatch batch = _data.Batch(origins, _weights);
            losses.Add(ForecastLosses.Of(_options.Loss, _state.Model, output, batch, nn.Reduction.Sum).MoveToOuterDisposeScope());
            if (batch.Measured is { } measured)
                counts.Add(measured.sum().MoveToOuterDisposeScope());
            else
                count += batch.Future.numel();
        });
        double sum = stack(losses).data<float>().Sum(loss => (double)loss);
        FusedLstmFunction.ThrowPending();
        return sum / (counts.Count == 0 ? count : stack(counts).data<float>().Sum(measured => (double)measured));
    }

    /// <summary>SplitMix64's finalizer (Steele et al., 2014): neighbouring steps get unrelated generators.</summary>
    private static long HashCode(long seed, long step)
    {
        ulong z = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(step + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (long)(z ^ (z >> 31));
    }
}
