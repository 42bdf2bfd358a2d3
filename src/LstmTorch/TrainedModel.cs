using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>A model read back from its file, ready to forecast and to be evaluated.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly LstmForecaster _model;
    private readonly Device _device;

    private TrainedModel(LstmForecaster model, Device device)
    {
        _model = model;
        _device = device;
    }

    /// <summary>What the model reads and predicts, and how it is built.</summary>
    public ForecasterConfig Config => _model.Config;

    /// <summary>How many numbers it has learned.</summary>
    public long ParameterCount => _model.ParameterCount;

    /// <summary>Reads a model.</summary>
    /// <param name="path">model.safetensors, or a run directory.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="kernel">auto, or a kernel's name.</param>
    /// <exception cref="LstmTorchException">The file is missing or damaged.</exception>
    public static TrainedModel Load(string path, string device = "auto", string kernel = "auto")
    {
        ModelFile file = ModelFile.Read(path);
        kernel = LstmKernels.Wanted(kernel);
        Device where = Devices.Resolve(device);
        var model = new LstmForecaster(file.Config, device: where);
        model.Lstm.Kernel = kernel;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Dictionary<string, Tensor> state = model.state_dict();
        foreach (SafetensorsTensor weight in file.Tensors)
            state[weight.Name].copy_(tensor(weight.Floats.ToArray()).reshape([.. weight.Shape]));
        return new TrainedModel(model, where);
    }

    /// <summary>Reads data for this model: its columns, its time column, its way with missing values.</summary>
    /// <param name="path">The CSV file; null for the embedded sample.</param>
    /// <param name="delimiter">The delimiter; null to find it.</param>
    /// <param name="missing">What to do about missing values; null for what the model was trained with.</param>
    public TimeSeriesSet Read(string? path, string? delimiter = null, MissingValues? missing = null)
    {
        ReadOptions reading = (new RunOptions { Delimiter = delimiter }).Reading with
        {
            TimeColumn = Config.TimeColumn,
            SeriesIdColumn = Config.SeriesIdColumn,
            Missing = missing ?? Config.Missing,
            Inputs = Config.Inputs,
            Targets = Config.Targets,
            ForModel = true,
        };
        return path is null ? SampleData.Read(reading) : CsvSeriesReader.Read(path, reading);
    }

    /// <summary>Forecasts the horizon that follows the end of each series.</summary>
    /// <returns>One row for each series, step and target, without actual values.</returns>
    /// <exception cref="LstmTorchException">A series is shorter than the context.</exception>
    public IReadOnlyList<PredictionRow> PredictNext(TimeSeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        foreach (TimeSeries series in set.Series.Where(series => series.Length < Config.ContextLength))
        {
            string which = set.Series.Count > 1 ? $"series '{series.Id}' has" : "there are";
            throw new LstmTorchException(
                ErrorKind.BadData, $"{set.SourceName}: {which} {series.Length} rows, but the model looks back on {Config.ContextLength}");
        }

        return Predict(set, WindowIndex.AtEnd([.. set.Series.Select(series => series.Length)], Config.ContextLength));
    }

    /// <summary>Forecasts every window of the data whose horizon is known, with the actual values beside.</summary>
    /// <exception cref="LstmTorchException">No series has a whole window.</exception>
    public IReadOnlyList<PredictionRow> PredictAll(TimeSeriesSet set) => Predict(set, AllWindows(set));

    /// <summary>Holds the model against the naive forecasts on every window of the data.</summary>
    /// <remarks>MASE is scaled by the seasonal differences of this data.</remarks>
    /// <exception cref="LstmTorchException">No series has a whole window.</exception>
    public PartMetrics Evaluate(TimeSeriesSet set)
    {
        WindowIndex windows = AllWindows(set);
        int[] lengths = [.. set.Series.Select(series => series.Length)];
        return Evaluate(set, lengths, windows, [.. lengths.Select(length => (0, length))]);
    }

    /// <summary>Holds the model against the naive forecasts on each part of the data that it was trained on.</summary>
    public IReadOnlyDictionary<string, PartMetrics> Evaluate(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits)
    {
        int[] trainingRows = [.. splits.Select(split => split.TrainEnd)];
        return new OrderedDictionary<string, PartMetrics>(Enum.GetValues<Part>().Select(part => KeyValuePair.Create(
            Choices.Name(part),
            Evaluate(
                set,
                trainingRows,
                WindowIndex.Of(splits, part, Config.ContextLength, Config.Horizon),
                [.. splits.Select(split => split.Rows(part))]))));
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private PartMetrics Evaluate(TimeSeriesSet set, int[] trainingRows, WindowIndex windows, (int Start, int End)[] rows)
    {
        using var data = new ScaledData(set, Config, _device);
        return new Evaluation(set, trainingRows, Config).Metrics(windows, Forecasts.Of(_model, data, windows), rows);
    }

    private List<PredictionRow> Predict(TimeSeriesSet set, WindowIndex windows)
    {
        using var data = new ScaledData(set, Config, _device);
        double[] forecasts = Forecasts.Of(_model, data, windows);
        return [.. new Evaluation(set, [.. set.Series.Select(series => series.Length)], Config).Rows(windows, forecasts)];
    }

    private WindowIndex AllWindows(TimeSeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        ChronologicalSplit[] whole = [.. set.Series.Select(series => new ChronologicalSplit(series.Length, series.Length, series.Length))];
        WindowIndex windows = WindowIndex.Of(whole, Part.Train, Config.ContextLength, Config.Horizon);
        return windows.Count > 0
            ? windows
            : throw new LstmTorchException(
                ErrorKind.BadData, $"{set.SourceName}: {set.Rows} rows, but a window of this model needs {Config.ContextLength + Config.Horizon}");
    }
}
