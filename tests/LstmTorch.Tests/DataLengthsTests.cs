using LstmTorch.Data;
using Xunit;

namespace LstmTorch.Tests;

public sealed class DataLengthsTests
{
    private static readonly RunOptions s_auto = new() { ContextLength = RunOptions.Auto };

    [Theory]

    // One season of 12 covers lag 12 and one step; a horizon of 13 needs two.
    [InlineData(300, 12, 1, 1, 12)]
    [InlineData(300, 12, 13, 1, 24)]

    // Half of the 60 training rows, less the horizon, has room for 4 seasons of 5, where 21 steps need 5.
    [InlineData(60, 5, 6, 1, 10)]
    [InlineData(60, 5, 21, 1, 5)]

    // Patches are whole: 12 rows in patches of 8 are 16.
    [InlineData(300, 12, 1, 8, 16)]
    public void Choose_ContextOfASeasonalSeries_IsWholeSeasons(int rows, int period, int horizon, int patch, int expected)
    {
        var notices = new List<string>();
        TimeSeriesSet set = Set(t => Math.Sin(2 * Math.PI * t / period), rows);
        RunOptions chosen = DataLengths.Choose(s_auto with { Horizon = horizon, PatchLength = patch }, set, [new(rows, rows, rows)], notices.Add);

        Assert.Equal(expected, chosen.ContextLength);
        Assert.StartsWith($"--context-length {expected}: y resembles itself most after {period} rows (autocorrelation ", Assert.Single(notices), StringComparison.Ordinal);
        chosen.Validate();
    }

    [Fact]
    public void Choose_WithoutSeason_IsTheDefaultOrWhatThereIsRoomFor()
    {
        Assert.Equal(30, Choose(s_auto, t => t, 200).ContextLength);
        Assert.Equal(35, Choose(s_auto with { Seasonality = 7 }, t => t, 200).ContextLength);
        Assert.Equal(50, Choose(s_auto with { Horizon = 50 }, t => t, 300).ContextLength);
        Assert.Equal(9, Choose(s_auto, t => t, 20).ContextLength);
        Assert.Equal(1, Choose(s_auto with { Horizon = 5 }, t => t, 6).ContextLength);
    }

    [Fact]
    public void Choose_Seasonality_IsThePeriodOfTheTrainingRows()
    {
        RunOptions options = new RunOptions { Seasonality = RunOptions.Auto, ContextLength = 4 };
        RunOptions chosen = Choose(options, t => Math.Sin(2 * Math.PI * t / 11), 200);

        Assert.Equal((11, 4), (chosen.Seasonality, chosen.ContextLength));
        Assert.Equal(1, Choose(options, t => t, 200).Seasonality);
    }

    /// <summary>No row after the training part has a say.</summary>
    [Fact]
    public void Choose_OtherFuture_ChoosesTheSame()
    {
        double Wave(int t) => Math.Sin(2 * Math.PI * t / 7);
        ChronologicalSplit[] splits = [new(150, 200, 300)];
        RunOptions options = s_auto with { Seasonality = RunOptions.Auto };
        RunOptions one = DataLengths.Choose(options, Set(Wave, 300), splits);
        RunOptions other = DataLengths.Choose(options, Set(t => t < 150 ? Wave(t) : 100 * Math.Sin(2 * Math.PI * t / 31), 300), splits);

        Assert.Equal(7, one.ContextLength);
        Assert.Equal((one.ContextLength, one.Seasonality), (other.ContextLength, other.Seasonality));
    }

    [Fact]
    public void Choose_NothingLeftOpen_LooksAtNothing()
    {
        var options = new RunOptions();
        Assert.Same(options, DataLengths.Choose(options, Set(t => t, 5), []));
    }

    private static RunOptions Choose(RunOptions options, Func<int, double> value, int rows) =>
        DataLengths.Choose(options, Set(value, rows), [new(rows, rows, rows)]);

    private static TimeSeriesSet Set(Func<int, double> value, int rows) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(rows), ["y"], [[.. Enumerable.Range(0, rows).Select(value)]])],
        Inputs = ["y"],
        Targets = ["y"],
        SourceName = "test",
        Sha256 = string.Empty,
    };
}
