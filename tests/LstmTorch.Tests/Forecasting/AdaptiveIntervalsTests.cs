using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class AdaptiveIntervalsTests
{
    private const double Rate = 0.5;

    private static ForecasterConfig Config(int horizon = 1, double rate = Rate) => new()
    {
        Inputs = ["y"],
        Targets = ["y"],
        ContextLength = 1,
        Horizon = horizon,
        InputScalers = [ColumnScaler.Identity],
        TargetScalers = [ColumnScaler.Identity],
        Intervals = [new PredictionInterval(0.8, [.. Enumerable.Repeat(1.0, horizon)])],
        SmallestChanges = [1],
        IntervalRate = rate,
    };

    /// <summary>By hand, forecasts 0 ± 1: 5 is missed, so that the next is exp(0.5 · 0.8) wide; 0 is hit, and takes exp(-0.5 · 0.2) from it.</summary>
    [Fact]
    public void Of_AMissAndAHit_WidensAndNarrows()
    {
        PredictionRow[] rows = Rows(Config(), 0, 5, 0, 0);

        Assert.Equal([1, Math.Exp(0.4), Math.Exp(0.3)], rows.Select(row => row.Intervals!.Single().Upper));
        Assert.Equal(rows.Select(row => -row.Intervals!.Single().Upper), rows.Select(row => row.Intervals!.Single().Lower));
    }

    [Fact]
    public void Of_NoRate_ChangesNothing() =>
        Assert.All(Rows(Config(rate: 0), 0, 5, 0, 7, 9), row => Assert.Equal(new ForecastInterval(-1, 1), row.Intervals!.Single()));

    /// <summary>Two steps ahead, a miss is known two rows later: the third window is the first that may know of it.</summary>
    [Fact]
    public void Of_TwoStepsAhead_KnowsNothingBeforeItsTime()
    {
        PredictionRow[] second = [.. Rows(Config(horizon: 2), 0, 0, 5, 0, 0, 0).Where(row => row.Step == 2)];

        Assert.Equal([1, 1, Math.Exp(0.4), Math.Exp(0.3)], second.Select(row => row.Intervals!.Single().Upper));
    }

    /// <summary>Whatever comes after an origin, the intervals made there stay to the bit.</summary>
    [Fact]
    public void Of_AnotherFuture_LeavesThePastAsItIs()
    {
        var random = new Random(3);
        double[] values = [.. Enumerable.Range(0, 60).Select(_ => 3 * random.NextDouble())], others = [.. values.Select((value, row) => row > 30 ? 9 - value : value)];
        IEnumerable<ForecastInterval> Until30(double[] of) => Rows(Config(horizon: 3), of).Where(row => int.Parse(row.Origin, System.Globalization.CultureInfo.InvariantCulture) <= 30).Select(row => row.Intervals!.Single());

        Assert.Equal(Until30(values), Until30(others));
        Assert.NotEmpty(Until30(values));
    }

    /// <summary>Noise that triples half-way: the misses of fixed intervals rise to half, those that follow stay within 2 % of a fifth (by the telescoping sum, |ln s| / (γ n)).</summary>
    [Fact]
    public void Of_NoiseThatGrows_KeepsTheShare()
    {
        const int count = 1000;
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, count).Select(row => (row < count / 2 ? 1.25 : 3.75) * ((2 * random.NextDouble()) - 1))];
        double Observed(double rate) => IntervalMetrics.Of(Rows(Config(rate: rate), values), [0.8])!.Single().Observed;

        Assert.InRange(Observed(0), 0.45, 0.6);
        Assert.InRange(Observed(0.1), 0.78, 0.82);
    }

    private static PredictionRow[] Rows(ForecasterConfig config, params double[] values)
    {
        var set = new TimeSeriesSet
        {
            Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(values.Length), ["y"], [values])],
            Inputs = ["y"],
            Targets = ["y"],
            SourceName = "test",
            Sha256 = string.Empty,
        };
        WindowIndex windows = WindowIndex.Of([new(values.Length, 0, 0)], Part.Train, 1, config.Horizon);
        return [.. PredictionRow.Of(set, config, windows, new WindowForecasts(new double[windows.Count * config.Horizon]))];
    }
}
