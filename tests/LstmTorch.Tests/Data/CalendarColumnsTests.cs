using System.Globalization;
using System.Text;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class CalendarColumnsTests
{
    [Theory]
    [InlineData(1, "h", 72, "hour")]
    [InlineData(1, "h", 24 * 15, "hour weekday")]
    [InlineData(1, "d", 400, "weekday")]
    [InlineData(1, "d", 800, "weekday day-of-year")]
    [InlineData(7, "d", 120, "day-of-year")]
    [InlineData(1, "m", 12, "")]
    [InlineData(1, "m", 36, "month")]
    [InlineData(12, "m", 30, "")]
    public void Auto_TakesWhatFitsTheRows(int step, string unit, int rows, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(Csv(step, unit, rows), "auto").Calendar.Select(CalendarFeatures.Name)));

    [Theory]
    [InlineData("hour", 1, "d", "--calendar hour: the rows of x.csv lie 1 day apart, so that it says nothing of them")]
    [InlineData("weekday", 7, "d", "--calendar weekday: the rows of x.csv lie 1 week apart")]
    [InlineData("weekday", 1, "m", "--calendar weekday: the rows of x.csv lie 1 month apart")]
    [InlineData("month", 12, "m", "--calendar month: the rows of x.csv lie 1 year apart")]
    [InlineData("weekday,hours", 1, "h", "--calendar 'hours': use hour, weekday, month, day-of-year, auto or none")]
    [InlineData("hour,auto", 1, "h", "--calendar 'auto': use hour")]
    [InlineData("hour,hour", 1, "h", "a word stands there twice")]
    public void Words_ThatCannotBe_AreWrongUsage(string words, int step, string unit, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() => Read(Csv(step, unit, 40), words.Split(',')));

        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("n,a\n1,2\n2,4\n3,5\n")]
    public void Words_WithoutDates_AreWrongUsage(string csv) => Assert.Contains(
        "--calendar needs dates, and the rows of x.csv have none", Assert.Throws<LstmTorchException>(() => Read(csv, "hour")).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_AreInputsUnscaledAndOfTheClockOfThePlace()
    {
        // Six o'clock in Paris is five or four in UTC.
        TimeSeriesSet set = Read("t,a\n2024-03-30T06:00+01:00,5\n2024-03-31T00:00+01:00,6\n2024-03-31T06:00+02:00,9\n", "hour");
        ForecasterConfig config = ModelFit.Describe(new RunOptions(), set, [new(3, 3, 3)]);

        Assert.Equal(["a", "hour_sin", "hour_cos"], set.Inputs);
        Assert.Equal([1, 0, 1], set.Series[0].Column("hour_sin").ToArray().Select(value => Math.Round(value, 14)));
        Assert.Equal([new(5, 4), ColumnScaler.Identity, ColumnScaler.Identity], config.InputScalers);
    }

    [Fact]
    public void Columns_ThatTheFileHasToo_AreWrongUsage() => Assert.Contains(
        "x.csv: the column 'hour_cos' has the name of one that is made for the model (by --calendar, --categorical or --wide); rename it",
        Assert.Throws<LstmTorchException>(() => Read("t,hour_cos\n2024-03-30T06:00,1\n2024-03-30T07:00,1\n2024-03-30T08:00,2\n", "hour")).Message,
        StringComparison.Ordinal);

    /// <summary>A model of the calendar reads it again, from data that is too short to say how far the rows lie apart.</summary>
    [Fact]
    public void Model_OfTheCalendar_ReadsItFromOtherData()
    {
        ForecasterConfig config = ModelFit.Describe(new RunOptions(), Read(Csv(1, "h", 72), "hour"), [new(72, 72, 72)]);
        TimeSeriesSet day = Read("t,a\n2024-03-30T06:00,1\n2024-03-31T06:00,2\n", ReadOptions.Of(config));

        Assert.Equal([1.0, 1], day.Series[0].Column("hour_sin").ToArray());
        var error = Assert.Throws<LstmTorchException>(() => Read("t,a\n1,1\n2,2\n", ReadOptions.Of(config)));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("x.csv: the model sees the calendar, and the rows have no dates", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Normalization takes the level from the load, and from neither the clock nor the size of a shop.</summary>
    [Fact]
    public void Normalize_LeavesTheCalendarAndWhatIsStaticAsItIs()
    {
        string csv = "id,t,load,size,wind\n" + string.Concat(Enumerable.Range(0, 40).Select(row => string.Create(
            CultureInfo.InvariantCulture, $"{row / 20},{new DateTime(2024, 1, 1).AddHours(row % 20):yyyy-MM-dd HH:mm},{row * 7 % 5},{5 + (row / 20)},{row % 3}\n")));
        TimeSeriesSet set = Read(csv, new ReadOptions { SeriesIdColumn = "id", Calendar = ["hour"] });
        ChronologicalSplit[] splits = [new(10, 15, 20), new(10, 15, 20)];

        Assert.Equal(["size", "hour_sin", "hour_cos"], ModelFit.Describe(new RunOptions { Normalize = WindowNormalization.Last }, set, splits).NormalizeExcept);
        Assert.Empty(ModelFit.Describe(new RunOptions(), set, splits).NormalizeExcept);
    }

    /// <summary>The dates after the origin follow from the dates before: nothing of the rows themselves is seen.</summary>
    [Fact]
    public void Forecast_WhenLaterValuesChange_StaysTheSame()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Calendar = ["weekday"], Horizon = 2, Epochs = 1 };
        TrainingRun.Run(options);
        using TrainedModel model = TrainedModel.Load(folder.File("run"));
        const int origin = 40;
        double[] Forecasts(string file) => [.. model.PredictAll(model.Read(file)).Where(row => row.Origin == new DateTime(2024, 1, 1).AddDays(origin).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Select(row => row.Forecast)];
        double[] expected = Forecasts(options.Data!);
        double[] actual = Forecasts(SmallSeries.Write(folder, change: (values, row) => values[0] += row > origin ? 100 : 0));

        Assert.Equal(2, expected.Length);
        Assert.Equal(expected, actual);
    }

    private static TimeSeriesSet Read(string csv, params string[] calendar) => Read(csv, new ReadOptions { Calendar = calendar });

    private static TimeSeriesSet Read(string csv, ReadOptions options) => SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "x.csv", options);

    private static string Csv(int step, string unit, int rows) => "t,a\n" + string.Concat(Enumerable.Range(0, rows).Select(row => string.Create(
        CultureInfo.InvariantCulture, $"{Moment(step * row, unit):yyyy-MM-dd HH:mm},{row % 5}\n")));

    private static DateTime Moment(int steps, string unit)
    {
        var start = new DateTime(2020, 1, 1);
        return unit switch { "h" => start.AddHours(steps), "d" => start.AddDays(steps), _ => start.AddMonths(steps) };
    }
}
