using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class ConformalCalibrationTests
{
    private static ForecasterConfig Config(WindowNormalization normalize) => new()
    {
        Inputs = ["y"],
        Targets = ["y"],
        ContextLength = 2,
        Horizon = 1,
        HiddenSizes = [1],
        Normalize = normalize,
        InputScalers = [ColumnScaler.Identity],
        TargetScalers = [ColumnScaler.Identity],
    };

    private static TimeSeriesSet Set(params double[] values) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(values.Length), ["y"], [values])],
        Inputs = ["y"],
        Targets = ["y"],
        SourceName = "test",
        Sha256 = string.Empty,
    };

    private static WindowIndex All(TimeSeriesSet set) => WindowIndex.Of([new(set.Rows, set.Rows, set.Rows)], Part.Train, 2, 1);

    // Nine errors 1 … 9: the ⌈10 · 0.8⌉ = 8th smallest holds 80 %, the 9th 90 %; for 95 % there are too few, and the largest serves.
    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.75, 8)]
    [InlineData(0.8, 8)]
    [InlineData(0.81, 9)]
    [InlineData(0.9, 9)]
    [InlineData(0.95, 9)]
    public void Fit_NineErrors_TakesTheOneThatHoldsTheShare(double coverage, double expected)
    {
        TimeSeriesSet set = Set(new double[11]);
        double[] forecasts = [5, -1, 9, 2, -7, 3, -4, 8, -6];
        ForecasterConfig config = ConformalCalibration.Fit(Config(WindowNormalization.None), set, All(set), new WindowForecasts(forecasts), [coverage]);

        Assert.Equal([expected], config.Intervals.Single().HalfWidths);
        config.Validate();
    }

    [Fact]
    public void Fit_NormalizedWindows_MeasuresErrorsInTheirChange()
    {
        // Windows (0, 1), (1, 3), (3, 7), (7, 15) change by 1, 2, 4, 8, and each is missed by three times that.
        TimeSeriesSet set = Set(0, 1, 3, 7, 15, 31);
        double[] forecasts = [3 - 3, 7 + 6, 15 - 12, 31 + 24];
        ForecasterConfig config = ConformalCalibration.Fit(Config(WindowNormalization.Last), set, All(set), new WindowForecasts(forecasts), [0.5]);
        PredictionRow[] rows = [.. PredictionRow.Of(set, config, All(set), new WindowForecasts(forecasts))];

        Assert.Equal(3, config.Intervals[0].HalfWidths[0], 1e-12);
        Assert.Equal(0.05 * (1 + 2 + 4 + 8) / 4, config.SmallestChanges[0], 1e-12);
        Assert.Equal(new ForecastInterval(55 - 24, 55 + 24), rows[3].Intervals![0]);
    }

    /// <summary>
    /// By hand: quantiles 0 and 10 hold the values 1, 2, 5 and 9 by 1, 2, 5 and 1, and 12 lies 2 beyond. The ⌈6 · 0.6⌉ = 4th smallest of
    /// -5, -2, -1, -1, 2 narrows both ends by 1; the 5th, for 0.8, widens them by 2.
    /// </summary>
    [Theory]
    [InlineData(0.6, -1)]
    [InlineData(0.8, 2)]
    public void Fit_Quantiles_MovesThemByTheConformityScore(double coverage, double expected)
    {
        double[] ends = [.. PredictionInterval.EndsOf(coverage)];
        ForecasterConfig config = Config(WindowNormalization.None) with { Distribution = OutputDistribution.Quantiles, Quantiles = [ends[0], 0.5, ends[1]] };
        TimeSeriesSet set = Set(0, 0, 1, 2, 5, 9, 12);
        WindowForecasts forecasts = WindowForecasts.OfQuantiles(config, [.. Enumerable.Repeat(new[] { 0.0, 4, 10 }, 5).SelectMany(quantiles => quantiles)]);
        config = ConformalCalibration.Fit(config, set, All(set), forecasts, [coverage]);

        config.Validate();
        Assert.Equal([expected], config.Intervals.Single().HalfWidths);
        Assert.Equal(new ForecastInterval(0 - expected, 10 + expected), PredictionRow.Of(set, config, All(set), forecasts).First().Intervals!.Single());
    }

    /// <summary>A band that is narrowed by more than it has still holds the forecast.</summary>
    [Fact]
    public void Of_ABandNarrowerThanNothing_IsTheForecast()
    {
        ForecasterConfig config = Config(WindowNormalization.None) with { Distribution = OutputDistribution.Quantiles, Quantiles = [0.1, 0.5, 0.9] };
        Assert.Equal(new ForecastInterval(4, 4), ForecastInterval.Of(config, new PredictionInterval(0.8, [-7]), 4, [0.0, 4, 10], -7));
        Assert.Equal(new ForecastInterval(4, 5), ForecastInterval.Of(config, new PredictionInterval(0.8, [-5]), 4, [0.0, 4, 10], -5));
    }

    [Fact]
    public void Of_FlatWindow_KeepsTheSmallestChange()
    {
        ForecasterConfig config = Config(WindowNormalization.Mean) with { SmallestChanges = [0.25] };
        Assert.Equal(0.25, WindowChange.Of(config, 0, [7, 7, 7]));
        Assert.Equal(2, WindowChange.Of(config, 0, [7, 9, 7]));
        Assert.Equal(1, WindowChange.Of(config with { Normalize = WindowNormalization.None }, 0, []));
    }

    /// <summary>Errors of the same distribution before and after: the share holds, to four standard deviations of a binomial.</summary>
    [Fact]
    public void Intervals_OfExchangeableErrors_HoldTheirShare()
    {
        const int count = 2000;
        var random = new Random(1);
        TimeSeriesSet Noise() => Set([.. Enumerable.Range(0, count + 2).Select(_ => random.NextDouble() * random.NextDouble())]);
        TimeSeriesSet past = Noise(), future = Noise();
        var forecasts = new WindowForecasts(new double[count]);
        ForecasterConfig config = ConformalCalibration.Fit(Config(WindowNormalization.None), past, All(past), forecasts, [0.8]);
        IntervalMetrics metrics = new Evaluation(future, [count + 2], config).Metrics(All(future), forecasts, [(0, count + 2)]).Intervals!.Single();

        // Both sides are samples of 2000.
        Assert.Equal(0.8, metrics.Observed, 4 * Math.Sqrt(2 * 0.8 * 0.2 / count));
        Assert.Equal(2 * config.Intervals[0].HalfWidths[0], metrics.Width, 1e-9);
    }
}
