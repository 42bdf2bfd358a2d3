using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments;

/// <summary>
/// The protocol of the long-horizon literature (Zhou et al., "Informer", 2021; Zeng et al., 2023): fixed split borders, columns
/// standardized by their training rows, all windows of the test part with stride 1 and none dropped.
/// </summary>
/// <remarks>Each column is a series of its own, and one network learns them all (Nie et al., 2023, "channel independence").</remarks>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Description">The task in a line.</param>
/// <param name="Borders">The split of so many rows.</param>
/// <param name="Horizons">The horizons, each a model of its own.</param>
/// <param name="Options">Data columns and the model's options, without the horizon.</param>
/// <param name="Published">Mean squared errors by others, one for each horizon.</param>
public sealed record LongHorizonExperiment(
    string Name,
    string Description,
    Func<int, ChronologicalSplit> Borders,
    IReadOnlyList<int> Horizons,
    RunOptions Options,
    IReadOnlyList<(string Source, IReadOnlyList<double> MeanSquaredErrors)> Published)
{
    private const int HoursADay = 24, HoursAMonth = 30 * HoursADay;

    /// <summary>The oil temperature of a transformer, hourly, from its own past: 12, 4 and 4 months of 30 days.</summary>
    public static LongHorizonExperiment Etth1 { get; } = new(
        "etth1",
        "ETTh1, oil temperature alone, MSE of standardized values",
        _ => new ChronologicalSplit(12 * HoursAMonth, 16 * HoursAMonth, 20 * HoursAMonth),
        [96, 192, 336, 720],
        new RunOptions
        {
            Target = ["OT"],
            Wide = true,
            ContextLength = 336,
            PatchLength = HoursADay,
            Normalize = WindowNormalization.Last,
            Scaler = ScalerKind.None,
            HiddenSize = [64],
            Peephole = PeepholeKind.Diagonal,
            BatchSize = 64,
            Epochs = 8,
            Seasonality = HoursADay,
        },
        [("NLinear (Zeng et al., 2023)", [0.053, 0.069, 0.081, 0.080]), ("LSTMa (Zhou et al., 2021)", [double.NaN, double.NaN, 0.590, 0.683])]);

    /// <summary>Seven weekly figures of influenza-like illness in the United States, all at once.</summary>
    public static LongHorizonExperiment Illness { get; } = new(
        "illness",
        "national illness, all 7 columns, MSE of standardized values",
        rows => new ChronologicalSplit((int)(rows * 0.7), rows - (int)(rows * 0.2), rows),
        [24],
        new RunOptions
        {
            Target = ["% WEIGHTED ILI", "%UNWEIGHTED ILI", "AGE 0-4", "AGE 5-24", "ILITOTAL", "NUM. OF PROVIDERS", "OT"],
            Wide = true,
            ContextLength = 104,
            PatchLength = 4,
            Normalize = WindowNormalization.Last,
            Highway = true,
            Scaler = ScalerKind.None,
            HiddenSize = [64],
            Peephole = PeepholeKind.Diagonal,
            Epochs = 50,
            Seasonality = 52,
        },
        [("NLinear (Zeng et al., 2023)", [1.683])]);

    /// <summary>Trains a model for each horizon and seed and scores it.</summary>
    /// <param name="data">The CSV file.</param>
    /// <param name="options">The model's options; see <see cref="Options"/>.</param>
    /// <param name="seeds">How many seeds, from that of the options on.</param>
    /// <param name="scored">Told of each model; may be null.</param>
    /// <param name="cancellation">Ends it at the next batch.</param>
    /// <exception cref="LstmTorchException">The file is not that of the experiment.</exception>
    public IReadOnlyList<HorizonScore> Run(string data, RunOptions options, int seeds, Action<string>? scored = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TimeSeriesSet file = SeriesReader.Read(data, options.Reading);
        int rows = file.Series[0].Length;
        ChronologicalSplit split = Borders(rows);
        if (rows < split.End)
            throw new LstmTorchException(ErrorKind.BadData, $"{data}: {rows} rows, but {Name} needs {split.End}");
        TimeSeriesSet set = Standardized(file, split);
        ChronologicalSplit[] splits = [.. set.Series.Select(_ => split)];
        options = DataLengths.Choose(options, set, splits);
        return
        [
            .. Horizons.Select((horizon, n) =>
            {
                var evaluation = new WindowErrors(set, WindowIndex.Of(set, splits, Part.Test, options.ContextLength, horizon), horizon);
                (double Squared, double Absolute)[] errors =
                [
                    .. Enumerable.Range(0, seeds).Select(seed =>
                    {
                        Forecaster model = ModelFit.Train(options with { Horizon = horizon, Seed = options.Seed + seed }, set, splits, null, cancellation);
                        var error = evaluation.Of(WindowForecasts.Of(model, set, evaluation.Windows).Values);
                        scored?.Invoke(FormattableString.Invariant($"horizon {horizon}, seed {options.Seed + seed}: MSE {error.Squared:F4}, MAE {error.Absolute:F4}"));
                        return error;
                    }),
                ];
                return new HorizonScore(
                    horizon,
                    Spread.Of([.. errors.Select(error => error.Squared)]),
                    Spread.Of([.. errors.Select(error => error.Absolute)]),
                    evaluation.OfLastMean(1).Squared,
                    evaluation.OfLastMean(options.Seasonality ?? 1).Squared,
                    [.. Published.Select(entry => (entry.Source, entry.MeanSquaredErrors[n]))]);
            }),
        ];
    }

    private static TimeSeriesSet Standardized(TimeSeriesSet set, ChronologicalSplit split) => set with
    {
        Series =
        [
            .. set.Series.Select(series =>
            {
                ColumnScaler scaler = ColumnScaler.Fit(ScalerKind.Standard, series.Column(0)[..split.TrainEnd]);
                return new TimeSeries(series.Id, series.Time, series.Columns, [[.. series.Column(0).ToArray().Select(scaler.Transform)]]);
            }),
        ],
    };
}

/// <summary>What one horizon came to, beside what needs no training.</summary>
/// <param name="Horizon">Steps.</param>
/// <param name="Mse">Mean squared error over the seeds.</param>
/// <param name="Mae">Mean absolute error over the seeds.</param>
/// <param name="LastValue">Mean squared error of the last value, repeated.</param>
/// <param name="LastSeason">Mean squared error of the mean of the last season, repeated.</param>
/// <param name="Published">Mean squared errors by others; NaN where they give none.</param>
public sealed record HorizonScore(
    int Horizon, Spread Mse, Spread Mae, double LastValue, double LastSeason, IReadOnlyList<(string Source, double Mse)> Published);

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation, divisor n − 1; 0 for one seed.</param>
/// <param name="Values">Each of them.</param>
public sealed record Spread(double Mean, double Deviation, IReadOnlyList<double> Values)
{
    /// <summary>Mean and deviation of some values.</summary>
    public static Spread Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double mean = values.Average();
        return new Spread(mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / (values.Count - 1)), values);
    }
}
