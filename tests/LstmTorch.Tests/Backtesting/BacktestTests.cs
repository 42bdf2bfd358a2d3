using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Backtesting;

public sealed class BacktestTests
{
    private static readonly RunOptions s_model = new() { ContextLength = 4, Horizon = 2, HiddenSize = [3], Epochs = 2, Intervals = [0.8] };

    private static TimeSeriesSet Set(Func<int, double> value, int rows = 100) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(rows), ["y"], [[.. Enumerable.Range(0, rows).Select(value)]])],
        Inputs = ["y"],
        Targets = ["y"],
        SourceName = "test",
        Sha256 = string.Empty,
    };

    private static double Wave(int t) => Math.Sin(t * 0.7) + (t * 0.01);

    [Theory]
    [InlineData(TrainingWindow.Expanding, 0, 0, 40, 50, 70)]
    [InlineData(TrainingWindow.Expanding, 2, 0, 72, 90, 110)]
    [InlineData(TrainingWindow.Sliding, 0, 0, 40, 50, 70)]
    [InlineData(TrainingWindow.Sliding, 2, 40, 80, 90, 110)]
    public void Split_OfAFold_EndsWhereTheFoldBegins(TrainingWindow window, int fold, int trainStart, int trainEnd, int cut, int end)
    {
        // 110 rows: the first 50 are past, and each of 3 folds has 20.
        ChronologicalSplit split = new BacktestOptions { Folds = 3, Start = 50 / 110.0 + 1e-9, Window = window }.Split(110, fold, 0.2);
        Assert.Equal((trainStart, trainEnd, cut, end), (split.TrainStart, split.TrainEnd, split.ValidationEnd, split.End));
    }

    [Fact]
    public void Run_Folds_CoverTheRowsAfterTheStartOnce()
    {
        BacktestResult result = Backtest.Run(Set(Wave), s_model, new BacktestOptions { Folds = 4 });

        // 50 rows in folds of 12 or 13, of which a horizon of 2 takes one origin each.
        Assert.Equal([11, 12, 11, 12], result.Folds.Select(fold => fold.Metrics.Windows));
        Assert.Equal(46, result.All.Windows);
        Assert.Equal(46 * 2, result.Predictions.Count);
        Assert.Equal(["51", "63", "76", "88"], result.Folds.Select(fold => fold.Metrics.From));
        double pooled = result.Predictions.Average(row => Math.Abs(row.Actual!.Value - row.Forecast));
        Assert.Equal(pooled, result.All.Model.Mae!.Value, 1e-12);
        Assert.InRange(Assert.Single(result.All.Intervals!).Observed, 0.3, 1);
    }

    /// <summary>Nothing from the first row of a fold on changes a forecast, a scale or a width of the folds before, or of its own model.</summary>
    [Theory]
    [InlineData(TrainingWindow.Expanding)]
    [InlineData(TrainingWindow.Sliding)]
    public void Run_OtherFuture_ForecastsThePastTheSame(TrainingWindow window)
    {
        const int from = 75;
        var options = new BacktestOptions { Folds = 4, Window = window };
        PredictionRow[] Before(Func<int, double> value) =>
            [.. Backtest.Run(Set(value), s_model, options).Predictions.Where(row => int.Parse(row.Origin, System.Globalization.CultureInfo.InvariantCulture) <= from)];
        PredictionRow[] one = Before(Wave), other = Before(t => t < from ? Wave(t) : 1000 - t);

        Assert.Equal(one.Select(row => row.Forecast), other.Select(row => row.Forecast));
        Assert.Equal(one.SelectMany(row => row.Intervals!), other.SelectMany(row => row.Intervals!));
        Assert.True(one.Length > 40);
    }

    [Theory]
    [InlineData(0, "1,1,1,1,1")]
    [InlineData(1, "1,2,3,4,5")]
    [InlineData(2, "1,1,3,3,5")]
    public void Run_RefitEvery_TrainsAnewForThatFold(int refitEvery, string trainedOn)
    {
        BacktestResult result = Backtest.Run(Set(Wave), s_model, new BacktestOptions { RefitEvery = refitEvery });
        Assert.Equal(trainedOn, string.Join(',', result.Folds.Select(fold => fold.TrainedOn)));
    }

    /// <summary>Windows that share no row: 12 or 13 rows a fold hold six of two.</summary>
    [Fact]
    public void Run_Stride_TakesEveryOriginThatIsSoFar()
    {
        BacktestResult all = Backtest.Run(Set(Wave), s_model, new BacktestOptions { Folds = 4 });
        BacktestResult some = Backtest.Run(Set(Wave), s_model, new BacktestOptions { Folds = 4, Stride = 2 });

        Assert.Equal([6, 6, 6, 6], some.Folds.Select(fold => fold.Metrics.Windows));
        Assert.Equal(some.Predictions.Select(row => row.Timestamp), some.Predictions.Select(row => row.Timestamp).Distinct());
        var forecasts = all.Predictions.ToDictionary(row => (row.Origin, row.Step), row => row.Forecast);
        Assert.All(some.Predictions, row => Assert.Equal(forecasts[(row.Origin, row.Step)], row.Forecast));
    }

    /// <summary>Models that are found are not trained, and what they forecast is the same to the bit.</summary>
    [Fact]
    public void Run_WithTheModelsOfFormerFolds_TrainsTheOthersAlone()
    {
        var trained = new Dictionary<int, LstmTorch.Runtime.Model.ModelFile>();
        var options = new BacktestOptions { Folds = 4, RefitEvery = 2 };
        BacktestResult whole = Backtest.Run(Set(Wave), s_model, options, new BacktestEvents { Trained = (fold, model) => trained.Add(fold, model) });
        Assert.Equal([1, 3], trained.Keys);

        var again = new List<int>();
        BacktestResult resumed = Backtest.Run(
            Set(Wave),
            s_model,
            options,
            new BacktestEvents { Find = fold => fold == 1 ? trained[1] : null, Trained = (fold, _) => again.Add(fold) });
        Assert.Equal([3], again);
        Assert.Equal(whole.Forecasts, resumed.Forecasts);
        Assert.Equal(whole.Predictions.SelectMany(row => row.Intervals!), resumed.Predictions.SelectMany(row => row.Intervals!));
    }

    /// <summary>A forecast is held against the first one by hand, and a model against itself never differs.</summary>
    [Fact]
    public void Compare_WithItselfAndTheNaiveForecast_PairsTheirWindows()
    {
        TimeSeriesSet set = Set(Wave);
        BacktestResult result = Backtest.Run(set, s_model, new BacktestOptions { Folds = 2 });
        IReadOnlyList<ComparedForecast> compared = BacktestComparison.Of(set, [("a", result), ("b", result)], s_model.Horizon, stride: 1);

        Assert.Equal(["a", "b", "naive"], compared.Take(3).Select(each => each.Name));
        Assert.Contains(compared, each => each.Name == "theta" && each.ToFirst!.PValue is > 0 and <= 1);
        Assert.Null(compared[0].ToFirst);
        Assert.Equal(new DieboldMariano(0, null, null), compared[1].ToFirst);
        Assert.Equal(result.All.Naive.Mae, compared[2].Metrics.Mae);

        // In units of the naive error itself.
        Assert.Equal(1 - (result.All.Model.Mae!.Value / result.All.Naive.Mae!.Value), compared[2].ToFirst!.Difference, 1e-12);
        BacktestResult other = Backtest.Run(set, s_model, new BacktestOptions { Folds = 2, Stride = 3 });
        Assert.Contains("'b' and 'a' have other windows", Assert.Throws<LstmTorchException>(() => BacktestComparison.Of(set, [("a", result), ("b", other)], 2, 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>The scale of a sliding fold knows nothing of the rows that it has left behind.</summary>
    [Fact]
    public void Run_Sliding_FitsItsScaleToItsOwnRows()
    {
        var split = new ChronologicalSplit(6, 8, 10) { TrainStart = 3 };
        TimeSeriesSet set = Set(t => t < 3 ? 1000 : t, rows: 10);
        Assert.Equal(new Runtime.Model.ColumnScaler(3, 2), ScalerFit.Fit(Runtime.Model.ScalerKind.MinMax, set, [split], ["y"])[0]);
    }

    [Theory]
    [InlineData(60, 0.5, "fold 1 has less rows than --horizon 2")]
    [InlineData(5, 0.03, "before fold 1 there are not the 6 rows")]
    public void Run_FoldsWithoutWindows_AreRefusedBeforeAnyTraining(int folds, double start, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() => Backtest.Run(Set(Wave), s_model, new BacktestOptions { Folds = folds, Start = start }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
