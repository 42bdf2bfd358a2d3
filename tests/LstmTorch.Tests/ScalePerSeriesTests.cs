using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests;

public sealed class ScalePerSeriesTests
{
    private const int Rows = 60, Factor = 1000, Shift = 5;

    private static readonly RunOptions s_options = new()
    {
        SeriesId = "id",
        ScalePerSeries = true,
        ContextLength = 4,
        Horizon = 2,
        HiddenSize = [4],
        Epochs = 3,
        LearningRate = 0.01,
        Intervals = [0.8],
    };

    private static readonly ChronologicalSplit[] s_splits = [new(40, 50, Rows), new(40, 50, Rows)];

    private static double Wave(int t) => Math.Sin(t * 0.7) + (t * 0.01);

    [Fact]
    public void FitEach_TwoSeries_FitsEachToItsOwnTrainingRows()
    {
        TimeSeriesSet set = Set(("a", t => t), ("b", t => 100 - t));
        IReadOnlyList<SeriesScale> scales = ScalerFit.FitEach(ScalerKind.MinMax, set, [new(10, 20, Rows), new(30, 40, Rows) { TrainStart = 20 }], TargetTransform.None);

        Assert.Equal(["a", "b"], scales.Select(scale => scale.Id));
        Assert.Equal([new(0, 9), new(71, 9)], scales.Select(scale => Assert.Single(scale.InputScalers)));
        Assert.Equal([new(0, 9), new(71, 9)], scales.Select(scale => Assert.Single(scale.TargetScalers)));
    }

    /// <summary>The size of a store would be 0 for each on its own scale.</summary>
    [Fact]
    public void FitEach_InputThatIsConstantInEachSeries_KeepsTheScaleOfAll()
    {
        static TimeSeries Store(string id, double size) => new(
            id, TimeAxis.OfRows(Rows), ["y", "size"], [[.. Enumerable.Range(0, Rows).Select(Wave)], [.. Enumerable.Repeat(size, Rows)]]);
        TimeSeriesSet set = Set() with { Series = [Store("a", 10), Store("b", 30)], Inputs = ["y", "size"] };

        IReadOnlyList<SeriesScale> scales = ScalerFit.FitEach(ScalerKind.MinMax, set, s_splits, TargetTransform.None);
        Assert.All(scales, scale => Assert.Equal(new ColumnScaler(10, 20), scale.InputScalers[1]));
    }

    /// <summary>What differs by unit and zero alone is forecast alike, and so wide are the intervals around it.</summary>
    [Fact]
    public void Train_SeriesThatDifferByUnit_ForecastsThemAlike()
    {
        TimeSeriesSet set = Set(("a", Wave), ("b", t => (Factor * Wave(t)) + Shift));
        Forecaster forecaster = ModelFit.Train(s_options, set, s_splits);
        WindowIndex windows = WindowIndex.Of(set, s_splits, Part.Test, 4, 2);
        PredictionRow[] rows = [.. PredictionRow.Of(set, forecaster.Config, windows, WindowForecasts.Of(forecaster, set, windows))];
        PredictionRow[] small = [.. rows.Where(row => row.Series == "a")], large = [.. rows.Where(row => row.Series == "b")];

        Assert.Equal(18, small.Length);
        Assert.All(small.Zip(large), pair =>
        {
            // The network sees the same float32 numbers, up to their rounding.
            Assert.Equal((Factor * pair.First.Forecast) + Shift, pair.Second.Forecast, 1e-5 * Factor);
            Assert.Equal((Factor * pair.First.Intervals![0].Upper) + Shift, pair.Second.Intervals![0].Upper, 1e-4 * Factor);
        });
    }

    [Fact]
    public void Of_SeriesOfTheTraining_AgreesWithLibtorch()
    {
        TimeSeriesSet set = Set(("a", Wave), ("b", t => (Factor * Wave(t + 3)) + Shift));
        ForecasterConfig config = ModelFit.Describe(s_options, set, s_splits);
        manual_seed(Seeds.Torch);
        using var network = new LstmForecaster(config);
        WindowIndex windows = WindowIndex.Of(set, s_splits, Part.Test, 4, 2);
        using var data = new ScaledData(set, config, CPU);
        double[] expected = Forecasts.Of(network, data, windows).Values, actual = WindowForecasts.Of(Runtime(network, config), set, windows).Values;

        // float32 of a scale of 1000.
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 1e-6 * Math.Max(Factor, Math.Abs(a)));
    }

    /// <summary>By its rows up to each origin, and by none after it.</summary>
    [Fact]
    public void Of_SeriesThatTheModelHasNotSeen_ScalesItByItsPast()
    {
        TimeSeriesSet seen = Set(("a", Wave), ("b", Wave));
        ForecasterConfig config = ModelFit.Describe(s_options, seen, s_splits);
        manual_seed(Seeds.Torch);
        using var network = new LstmForecaster(config);
        Forecaster forecaster = Runtime(network, config);
        TimeSeriesSet unseen = Set(("new", t => 50 + (7 * Wave(t)))), changed = Set(("new", t => t <= 30 ? 50 + (7 * Wave(t)) : -1000));
        WindowIndex windows = WindowIndex.Of([new(33, 33, 33)], Part.Train, 4, 2);
        double[] forecasts = WindowForecasts.Of(forecaster, unseen, windows).Values, others = WindowForecasts.Of(forecaster, changed, windows).Values;
        Assert.Equal(30, windows[windows.Count - 1].Origin);
        Assert.Equal(forecasts, others);

        double[] past = [.. Enumerable.Range(0, 31).Select(t => 50 + (7 * Wave(t)))], expected = new double[2];
        var scale = ColumnScaler.Fit(ScalerKind.MinMax, past);
        forecaster.ForSeries(new SeriesScale("new", [scale], [scale])).Forecast(past.AsSpan(^4..), expected);
        Assert.Equal(expected, forecasts[^2..]);
        Assert.Contains("has not seen 'new'", Assert.Throws<LstmTorchException>(() => new ScaledData(unseen, config, CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithoutSeriesId_IsRefused() => Assert.Contains(
        "--scale-per-series needs --series-id",
        Assert.Throws<LstmTorchException>(() => new RunOptions { ScalePerSeries = true }.Validate()).Message,
        StringComparison.Ordinal);

    /// <summary>The columns of a wide file are series: on scales of their own they are forecast as the same numbers below each other are.</summary>
    [Fact]
    public void Train_WideFile_ForecastsAsTheLongOneWithTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        string Row(int t) => FormattableString.Invariant($"{t},{Wave(t)},{(Factor * Wave(t + 3)) + Shift}");
        string Long(char id, Func<int, double> value) => string.Concat(Enumerable.Range(0, Rows).Select(t => FormattableString.Invariant($"{t},{id},{value(t)}\n")));
        string wide = folder.Write("wide.csv", $"t,a,b\n{string.Join('\n', Enumerable.Range(0, Rows).Select(Row))}\n");
        string narrow = folder.Write("long.csv", $"t,id,y\n{Long('a', Wave)}{Long('b', t => (Factor * Wave(t + 3)) + Shift)}");

        Assert.Equal(
            Forecasts(s_options with { Data = narrow, Target = ["y"] }),
            Forecasts(s_options with { Data = wide, SeriesId = null, Wide = true }));

        static double[] Forecasts(RunOptions options)
        {
            options.Validate();
            TimeSeriesSet set = TrainingRun.Read(options);
            WindowIndex windows = WindowIndex.Of(set, s_splits, Part.Test, 4, 2);
            return WindowForecasts.Of(ModelFit.Train(options, set, s_splits), set, windows).Values;
        }
    }

    private static Forecaster Runtime(LstmForecaster network, ForecasterConfig config) => new(new ModelFile(config, [.. network.state_dict()
        .Select(entry => SafetensorsTensor.FromFloats(entry.Key, entry.Value.shape, entry.Value.detach().cpu().data<float>().ToArray()))]));

    private static TimeSeriesSet Set(params (string Id, Func<int, double> Value)[] series) => new()
    {
        Series = [.. series.Select(each => new TimeSeries(each.Id, TimeAxis.OfRows(Rows), ["y"], [[.. Enumerable.Range(0, Rows).Select(each.Value)]]))],
        Inputs = ["y"],
        Targets = ["y"],
        SeriesIdColumn = "id",
        SourceName = "test",
        Sha256 = string.Empty,
    };
}
