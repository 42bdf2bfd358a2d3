using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Experiments;

/// <summary>
/// The hourly series of the M4 competition (Makridakis, Spiliotis and Assimakopoulos, 2020): 414 series, 48 hours ahead, one
/// network for all of them, trained on the training file alone; the forecasts of several seeds are averaged by their median.
/// </summary>
public static class M4HourlyExperiment
{
    /// <summary>Steps to forecast.</summary>
    public const int Horizon = 48;

    private const int Day = 24;

    // Of the competition's benchmark Naive2 on the hourly series, from the organisers' table.
    private const double Naive2Smape = 18.383, Naive2Mase = 2.395;

    /// <summary>The model's options.</summary>
    public static RunOptions Options { get; } = new()
    {
        Horizon = Horizon,
        ContextLength = 14 * Day,
        PatchLength = Day,
        Normalize = WindowNormalization.Revin,
        Highway = true,
        Scaler = ScalerKind.None,
        HiddenSize = [256],
        Peephole = PeepholeKind.Diagonal,
        Dropout = 0.1,
        Loss = ForecastLoss.Mae,
        BalanceSeries = true,
        BatchSize = 256,
        Epochs = 20,
        Schedule = LearningRateSchedule.Cosine,
        Seasonality = Day,
    };

    /// <summary>Trains so many networks, averages their forecasts and scores them against the test file.</summary>
    /// <param name="training">The competition's training file.</param>
    /// <param name="test">The values that followed; null to keep back the last 48 values of every training series instead, for a choice of options that sees no test value.</param>
    /// <param name="options">The model's options.</param>
    /// <param name="seeds">How many networks.</param>
    /// <param name="scored">Told of each of them, and of the average; may be null.</param>
    /// <param name="cancellation">Ends it at the next batch.</param>
    /// <returns>The score of the average, and those of the baselines.</returns>
    /// <exception cref="LstmTorchException">A file or an option cannot be used, or training diverged.</exception>
    public static IReadOnlyList<(string Method, M4Score Score)> Run(
        string training, string? test, RunOptions options, int seeds, Action<string>? scored = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TimeSeriesSet all = RowLayout.Read(training);
        double[][] history = [.. all.Series.Select(series => test is null ? series.Column(0)[..^Horizon].ToArray() : series.Column(0).ToArray())];
        double[][] future = [.. test is null
            ? all.Series.Select(series => series.Column(0)[^Horizon..].ToArray())
            : Futures(all, RowLayout.Read(test))];
        TimeSeriesSet known = all with
        {
            Series = [.. all.Series.Select((series, s) => new TimeSeries(series.Id, TimeAxis.OfRows(history[s].Length), series.Columns, [history[s]]))],
        };
        ChronologicalSplit[] splits = [.. history.Select(values => ChronologicalSplit.Whole(values.Length))];
        options = DataLengths.Choose(options, known, splits);
        int shortest = history.Min(values => values.Length);
        if (options.ContextLength > shortest)
            throw new LstmTorchException(ErrorKind.Usage, $"--context-length is {options.ContextLength}; it must be at most {shortest}, since each series is forecast, and the shortest has {Quantity.Of(shortest, "value")} to train on");
        WindowIndex ends = WindowIndex.AtEnd(known, options.ContextLength);

        var members = new List<double[]>();
        for (int seed = 0; seed < seeds; seed++)
        {
            Forecaster model = ModelFit.Train(options with { Seed = options.Seed + seed }, known, splits, null, cancellation);
            members.Add(WindowForecasts.Of(model, known, ends).Values);
            scored?.Invoke($"seed {options.Seed + seed}: {Score(members[^1])}; all so far: {Score(Median(members))}");
        }

        var baselines = new BaselineForecaster(known, ModelFit.Describe(options, known, splits), [.. history.Select(values => values.Length)]);
        return
        [
            ("model", Score(Median(members))),
            .. Enum.GetValues<Baseline>().Where(baseline => baseline != Baseline.Theta).Select(baseline => (baseline.Title(Day), Score(baselines.Of(baseline, ends)))),
            (Baseline.Theta.Title(Day), Score([.. history.SelectMany(Theta)])),
        ];

        M4Score Score(double[] forecasts) => M4Score.Of(history, future, forecasts, Day, Naive2Smape, Naive2Mase);

        // As in the competition, fitted to the whole series.
        static double[] Theta(double[] values)
        {
            double[] forecast = new double[Horizon];
            ThetaForecast.Fit(values, Day).Forecast(forecast);
            return forecast;
        }
    }

    private static IEnumerable<double[]> Futures(TimeSeriesSet training, TimeSeriesSet test)
    {
        var byId = test.Series.ToDictionary(series => series.Id);
        return training.Series.Select(series => byId.TryGetValue(series.Id, out TimeSeries? future) && future.Length == Horizon
            ? future.Column(0).ToArray()
            : throw new LstmTorchException(ErrorKind.BadData, $"{test.SourceName}: series '{series.Id}' is not there with {Horizon} values"));
    }

    private static double[] Median(List<double[]> members) => [.. Enumerable.Range(0, members[0].Length).Select(n =>
    {
        double[] values = [.. members.Select(member => member[n]).Order()];
        return (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
    })];
}

/// <summary>The scores of the M4 competition.</summary>
/// <param name="Smape">Mean over the series of the mean of 200·|y − f| / (|y| + |f|), percent.</param>
/// <param name="Mase">Mean over the series of the mean of |y − f|, divided by the in-sample seasonal naive error.</param>
/// <param name="Owa">The mean of both, each divided by that of the benchmark Naive2.</param>
public sealed record M4Score(double Smape, double Mase, double Owa)
{
    /// <summary>Scores forecasts.</summary>
    /// <param name="history">The training values of each series.</param>
    /// <param name="future">What followed.</param>
    /// <param name="forecasts">[series, horizon].</param>
    /// <param name="seasonality">Steps of a season.</param>
    /// <param name="naive2Smape">sMAPE of Naive2.</param>
    /// <param name="naive2Mase">MASE of Naive2.</param>
    public static M4Score Of(
        IReadOnlyList<double[]> history, IReadOnlyList<double[]> future, double[] forecasts, int seasonality, double naive2Smape, double naive2Mase)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(future);
        double smape = 0, mase = 0;
        int start = 0;
        for (int s = 0; s < history.Count; s++)
        {
            ForecastMetrics metrics = ForecastMetrics.Of(
                future[s], forecasts.AsSpan(start, future[s].Length), ForecastMetrics.InSampleSeasonalError(history[s], seasonality));
            smape += metrics.Smape!.Value / history.Count;
            mase += metrics.Mase!.Value / history.Count;
            start += future[s].Length;
        }

        return new M4Score(smape, mase, ((smape / naive2Smape) + (mase / naive2Mase)) / 2);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"sMAPE {Smape:F3}, MASE {Mase:F3}, OWA {Owa:F4}");
}
