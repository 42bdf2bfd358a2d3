using System.Globalization;
using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Data;

/// <summary>Which column orders the rows, and which are kept from being predicted because they only count.</summary>
public sealed class TimeChoiceTests
{
    private const int Rows = 30;

    private static readonly DateTime s_start = new(2023, 11, 20, 5, 0, 0);

    [Theory]
    [InlineData(3600, "ts", "1700456400", "1700564400", "1 hour")]
    [InlineData(86400, "ts", "1700456400", "1703048400", "1 day")]
    public void Read_SecondsSince1970_AreTheTime(int step, string name, string first, string next, string description)
    {
        long start = new DateTimeOffset(s_start, TimeSpan.Zero).ToUnixTimeSeconds();
        TimeSeriesSet set = Read($"{name},load", row => $"{start + (row * step)},{Load(row)}");
        TimeAxis time = set.Series[0].Time;
        Assert.Equal((name, TimeAxisKind.Date, description), (set.TimeColumn, time.Kind, time.StepDescription));
        Assert.Equal((first, next), (time.Format(0), time.Format(Rows)));
        Assert.Equal(s_start, time.DateAt(0));
        Assert.Equal(["load"], set.Inputs);
        Assert.Contains($"column '{name}' holds seconds since 1970: it is taken as the time", Assert.Single(set.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MillisecondsSince1970WithAGap_AreTheTime()
    {
        long start = new DateTimeOffset(s_start, TimeSpan.Zero).ToUnixTimeMilliseconds();
        TimeAxis time = Read("load,unix_ms", row => $"{Load(row)},{start + ((row + (row > 9 ? 5 : 0)) * 60_000)}").Series[0].Time;
        Assert.Equal((TimeAxisKind.Date, "1 minute", 1), (time.Kind, time.StepDescription, time.IrregularSteps));
        Assert.Equal((start + (35 * 60_000)).ToString(CultureInfo.InvariantCulture), time.Format(Rows));
    }

    [Fact]
    public void Read_CompactDaysAndMonths_AreTheTime()
    {
        TimeAxis days = Read("day,v", row => $"{s_start.AddDays(row):yyyyMMdd},{Load(row)}").Series[0].Time;
        Assert.Equal(("1 day", "20231220"), (days.StepDescription, days.Format(Rows)));
        TimeAxis months = Read("month,v", row => $"{s_start.AddMonths(row):yyyyMM},{Load(row)}").Series[0].Time;
        Assert.Equal(("1 month", 12, "202605"), (months.StepDescription, months.DefaultSeasonality, months.Format(Rows)));
    }

    [Theory]
    [InlineData(",date,v", 0, 1)]
    [InlineData("idx,date,v", 1, 1)]
    [InlineData("id,date,v", 1000, 7)]
    public void Read_ANumberOfTheRowBesideDates_IsNeitherTargetNorInput(string header, int first, int step)
    {
        TimeSeriesSet set = Read(header, row => $"{first + (row * step)},{s_start.AddDays(row):yyyy-MM-dd},{Load(row)}");
        Assert.Equal("date", set.TimeColumn);
        Assert.Equal(["v"], set.Targets);
        Assert.Equal(["v"], set.Inputs);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"the numbers {first}, {first + step}, … of the rows: it is taken neither as target nor as input"), Assert.Single(set.Remarks), StringComparison.Ordinal);

        string name = header.Split(',')[0] is { Length: > 0 } named ? named : "column 1";
        set = Read(header, row => $"{first + (row * step)},{s_start.AddDays(row):yyyy-MM-dd},{Load(row)}", new ReadOptions { Inputs = ["v", name] });
        Assert.Equal(["v", name], set.Inputs);
    }

    [Fact]
    public void Read_WholeNumbersAtAnotherStepThanOne_AreTheTime()
    {
        TimeAxis time = Read("t,v", row => $"{row * 10},{Load(row)}").Series[0].Time;
        Assert.Equal((TimeAxisKind.Step, "t", "310"), (time.Kind, time.Name, time.Format(Rows + 1)));
    }

    [Fact]
    public void Read_AnIndexThatEachSeriesCountsForItself_IsTheTime()
    {
        TimeSeriesSet set = Read("shop,t,v", row => $"{(row < 15 ? 'A' : 'B')},{row % 15},{Load(row)}", new ReadOptions { SeriesIdColumn = "shop" });
        Assert.Equal("t", set.TimeColumn);
        Assert.Equal(["v"], set.Inputs);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(1)]
    public void Read_DecimalYears_AreNeitherTimeNorTargetNorInput(int aYear)
    {
        TimeSeriesSet set = Read("year,v", row => string.Create(CultureInfo.InvariantCulture, $"{1958.2 + ((double)row / aYear):F4},{Load(row)}"));
        Assert.Null(set.TimeColumn);
        Assert.Equal(["v"], set.Inputs);
        Assert.Contains("years with fractions", Assert.Single(set.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", true)]
    [InlineData("shop_ID", true)]
    [InlineData("shopId", true)]
    [InlineData("paid", false)]
    [InlineData("PAID", false)]
    public void Read_WholeNumbersNamedAsIdentifiers_AreNotPredicted(string name, bool identifies)
    {
        TimeSeriesSet set = Read($"{name},date,v", row => $"{7 * row % 13},{s_start.AddDays(row):yyyy-MM-dd},{Load(row)}");
        Assert.Equal(identifies ? "v" : name, Assert.Single(set.Targets));
        Assert.Equal(identifies ? ["v"] : [name, "v"], set.Inputs);
    }

    [Fact]
    public void Read_PartsOfDates_AreInputsAndNotTheTarget()
    {
        TimeSeriesSet set = Read("No,year,month,day,hour,v", row => $"{row + 1},2010,1,{1 + (row / 24)},{row % 24},{Load(row)}");
        Assert.Equal(["v"], set.Targets);
        Assert.Equal(["year", "month", "day", "hour", "v"], set.Inputs);
        Assert.Contains("columns 'year', 'month', 'day', 'hour' hold parts of dates; write them as one column", set.Remarks[^1], StringComparison.Ordinal);

        // A month of 0 is no month; and what is alone is the target, whatever it is called.
        Assert.Equal("month", Read("month,v", row => $"{row * 7 % 13},{Load(row)}").Targets[0]);
        Assert.Equal("day", Read("day", row => $"{(row * 7 % 13) + 1}").Targets[0]);
    }

    [Fact]
    public void Read_WhatOnlyRises_IsStillAMeasurement()
    {
        // A counter whose steps differ; whole numbers of which some fall; the only column of numbers; the last of two that rise evenly.
        Assert.Equal(["total", "v"], Read("date,total,v", row => $"{s_start.AddDays(row):yyyy-MM-dd},{row * row},{Load(row)}").Inputs);
        Assert.Equal(["a", "v"], Read("date,a,v", row => $"{s_start.AddDays(row):yyyy-MM-dd},{row % 20},{Load(row)}").Inputs);
        Assert.Equal(["v"], Read("date,v", row => $"{s_start.AddDays(row):yyyy-MM-dd},{row * 10}").Targets);
        Assert.Equal(["v"], Read("v", row => $"{row}").Targets);
        TimeSeriesSet linear = Read("t,v", row => $"{row},{row * 10}");
        Assert.Equal(("t", "v"), (linear.TimeColumn, linear.Targets[0]));
    }

    [Fact]
    public void Read_NumbersNamedAsTheTime_AreReadForWhatTheyAre()
    {
        var time = new ReadOptions { TimeColumn = "t", Targets = ["v"], Inputs = ["v"] };
        Assert.Equal("20240301", Read("t,v\n20240228,1\n20240229,2\n", time).Series[0].Time.Format(2));
        Assert.Equal("1700003600", Read("t,v\n1699996400,1\n1700000000,2\n", time).Series[0].Time.Format(2));
        var error = Assert.Throws<LstmTorchException>(() => Read("t,v\n20240229,1\n20240228,2\n", time));
        Assert.Contains("line 3: column 't': 20240228", error.Message, StringComparison.Ordinal);
    }

    private static string Load(int row) => string.Create(CultureInfo.InvariantCulture, $"{20 + (5 * Math.Sin(row)):F3}");

    private static TimeSeriesSet Read(string header, Func<int, string> row, ReadOptions? options = null) =>
        Read($"{header}\n{string.Join('\n', Enumerable.Range(0, Rows).Select(row))}\n", options);

    private static TimeSeriesSet Read(string text, ReadOptions? options = null) =>
        SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv", options ?? new ReadOptions());
}
