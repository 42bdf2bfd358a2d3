using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>A model read back from its file, ready to forecast and to be evaluated.</summary>
/// <remarks>On a CPU it runs on <see cref="Forecaster"/>, and libtorch is not even loaded.</remarks>
public sealed class TrainedModel : IDisposable
{
    private readonly Forecaster? _forecaster;
    private readonly IReadOnlyList<LstmForecaster> _networks = [];
    private readonly Device? _device;

    private TrainedModel(Forecaster forecaster)
    {
        _forecaster = forecaster;
        Config = forecaster.Config;
    }

    private TrainedModel(ForecasterConfig config, IReadOnlyList<LstmForecaster> networks, Device device)
    {
        _networks = networks;
        _device = device;
        Config = config;
    }

    /// <summary>What the model reads and predicts, and how it is built.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>How many numbers it has learned.</summary>
    public long ParameterCount => ModelTensors.Expected(Config).Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Reads a model.</summary>
    /// <param name="path">model.safetensors, or a run directory.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="kernel">auto, or a kernel's name; with auto and cpu a model on a CPU needs no libtorch.</param>
    /// <param name="precision">How matrix products round their factors on a CUDA device.</param>
    /// <exception cref="LstmTorchException">The file is missing or damaged.</exception>
    public static TrainedModel Load(string path, string device = "auto", string kernel = "auto", MatrixPrecision precision = MatrixPrecision.Fp32)
    {
        return Of(ModelFile.Read(path), device, kernel, precision);
    }

    /// <summary>Prepares a model that has been read.</summary>
    /// <param name="file">The model.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="kernel">auto, or a kernel's name.</param>
    /// <param name="precision">How matrix products round their factors on a CUDA device.</param>
    public static TrainedModel Of(ModelFile file, string device = "auto", string kernel = "auto", MatrixPrecision precision = MatrixPrecision.Fp32)
    {
        ArgumentNullException.ThrowIfNull(file);
        kernel = LstmKernels.Wanted(kernel);
        if (kernel is LstmKernels.Auto or "cpu" && Devices.IsCpu(device))
            return new TrainedModel(new Forecaster(file));

        Device place = Devices.Resolve(device);
        LibTorch.SetPrecision(precision);
        return new TrainedModel(file.Config, [.. file.Members.Select(member => LoadedNetwork.Of(member, place, kernel, precision))], place);
    }

    /// <summary>Reads data for this model: its columns, its time column, its way with missing values. Targets that are no inputs may be missing.</summary>
    /// <param name="path">The CSV file; null for the embedded sample.</param>
    /// <param name="delimiter">The delimiter; null to find it.</param>
    /// <param name="missing">What to do about missing values; null for what the model was trained with.</param>
    public TimeSeriesSet Read(string? path, string? delimiter = null, MissingValues? missing = null)
    {
        ReadOptions reading = ReadOptions.Of(Config) with { Delimiter = new RunOptions { Delimiter = delimiter }.Reading.Delimiter };
        if (missing is { } policy)
            reading = reading with { Missing = policy };
        return path is null ? SampleData.Read(reading) : SeriesReader.Read(path, reading);
    }

    /// <summary>Forecasts the horizon that follows the end of each series that is as long as the context or longer.</summary>
    /// <returns>One row for each series, step and target, without actual values.</returns>
    /// <exception cref="LstmTorchException">Every series is shorter than the context.</exception>
    public IReadOnlyList<PredictionRow> PredictNext(TimeSeriesSet set) => Predict(set, WindowIndex.AtEnd(set, Config));

    /// <summary>Forecasts every window of the data whose horizon lies in it, with the actual values beside where they are known.</summary>
    /// <exception cref="LstmTorchException">No series has a whole window.</exception>
    public IReadOnlyList<PredictionRow> PredictAll(TimeSeriesSet set) =>
        Predict(set, AllWindows(set, splits => WindowIndex.Of(splits, Part.Train, Config.ContextLength, Config.Horizon)));

    /// <summary>Holds the model against the baselines on every window of the data.</summary>
    /// <remarks>MASE is scaled by the seasonal differences of this data. The linear baseline is missing, because there is no training part to fit it to.</remarks>
    /// <exception cref="LstmTorchException">No series has a whole window, or a target is missing.</exception>
    public PartMetrics Evaluate(TimeSeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckTargets(set);
        WindowIndex windows = AllWindows(set, splits => WindowIndex.Of(set, splits, Part.Train, Config.ContextLength, Config.Horizon));
        int[] lengths = [.. set.Series.Select(series => series.Length)];
        return new Evaluation(set, lengths, Config, isSeen: false).Metrics(windows, Forecast(set, windows), [.. lengths.Select(length => (0, length))]);
    }

    /// <summary>Holds the model against the baselines on each part of the data that it was trained on.</summary>
    public IReadOnlyDictionary<string, PartMetrics> Evaluate(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits)
    {
        var evaluation = new Evaluation(set, [.. splits.Select(split => split.TrainEnd)], Config);
        return new OrderedDictionary<string, PartMetrics>(Enum.GetValues<Part>().Select(part =>
        {
            WindowIndex windows = WindowIndex.Of(set, splits, part, Config.ContextLength, Config.Horizon);
            return KeyValuePair.Create(Choices.Name(part), evaluation.Metrics(windows, Forecast(set, windows), [.. splits.Select(split => split.Rows(part))]));
        }));
    }

    /// <summary>How each series is forecast: the test part of the data that the model was trained on, or all of other data.</summary>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of the data that it was trained on; null for other data.</param>
    public IReadOnlyList<SeriesMetrics> EvaluateEachSeries(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit>? splits)
    {
        ArgumentNullException.ThrowIfNull(set);
        CheckTargets(set);
        WindowIndex windows = splits is null
            ? AllWindows(set, whole => WindowIndex.Of(set, whole, Part.Train, Config.ContextLength, Config.Horizon))
            : WindowIndex.Of(set, splits, Part.Test, Config.ContextLength, Config.Horizon);
        var evaluation = new Evaluation(set, [.. splits?.Select(split => split.TrainEnd) ?? set.Series.Select(series => series.Length)], Config, isSeen: splits is not null);
        return evaluation.OfEachSeries(windows, Forecast(set, windows).Values, evaluation.Baselines(windows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LstmForecaster network in _networks)
            network.Dispose();
    }

    /// <summary>Forecasts some windows.</summary>
    internal WindowForecasts Forecast(TimeSeriesSet set, WindowIndex windows) =>
        _forecaster is { } forecaster ? WindowForecasts.Of(forecaster, set, windows) : ForecastOnLibtorch(set, windows);

    private WindowForecasts ForecastOnLibtorch(TimeSeriesSet set, WindowIndex windows)
    {
        // The contexts are all that is needed, and the data may lack the targets.
        using var data = new ScaledData(set, Config with { Targets = [], TargetScalers = [] }, _device!);
        WindowForecasts[] each = [.. _networks.Select(network => Forecasts.Of(network, data, windows))];
        return new WindowForecasts(Mean([.. each.Select(forecasts => forecasts.Values)]), each[0].Quantiles is null ? null : Mean([.. each.Select(forecasts => forecasts.Quantiles!)]));

        static double[] Mean(double[][] all) => [.. Enumerable.Range(0, all[0].Length).Select(n => all.Sum(values => values[n] / all.Length))];
    }

    private void CheckTargets(TimeSeriesSet set)
    {
        if (Config.Targets.FirstOrDefault(target => !set.Targets.Contains(target)) is { } missing)
            throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: there is no column '{missing}', so that nothing can be held against the forecasts of it");
    }

    private List<PredictionRow> Predict(TimeSeriesSet set, WindowIndex windows) =>
        [.. PredictionRow.Of(set, Config, windows, Forecast(set, windows))];

    private WindowIndex AllWindows(TimeSeriesSet set, Func<ChronologicalSplit[], WindowIndex> index)
    {
        ArgumentNullException.ThrowIfNull(set);
        ChronologicalSplit[] whole = [.. set.Series.Select(series => ChronologicalSplit.Whole(series.Length))];
        WindowIndex windows = index(whole);
        return windows.Count > 0
            ? windows
            : throw new LstmTorchException(
                ErrorKind.BadData,
                $"{set.SourceName}: {Quantity.Of(set.Rows, "row")}{(set.MissingFilled > 0 ? $" with {Quantity.Of(set.MissingFilled, "missing value")}" : string.Empty)}, but a window of this model needs {Config.ContextLength + Config.Horizon}");
    }
}
