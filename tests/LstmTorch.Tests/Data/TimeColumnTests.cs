using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

/// <summary>Dates as people and programs write them: read where they can mean one day only, and written back in their form.</summary>
public sealed class TimeColumnTests
{
    [Theory]
    [InlineData("2024-01-30|2024-01-31", "2024-02-01")]
    [InlineData("2024-1-30|2024-1-31", "2024-2-1")]
    [InlineData("2024/1/30 | 2024/1/31", "2024/2/1")]
    [InlineData("2024.01.30|2024.01.31", "2024.02.01")]
    [InlineData("30.01.2024|31.01.2024", "01.02.2024")]
    [InlineData("7.2.2024|8.2.2024", "9.2.2024")]
    [InlineData("1/30/2024|1/31/2024", "2/1/2024")]
    [InlineData("01/30/2024|01/31/2024", "02/01/2024")]
    [InlineData("30/01/2024|31/01/2024", "01/02/2024")]
    [InlineData("30-01-2024|31-01-2024", "01-02-2024")]
    [InlineData("11/2/2024|12/2/2024|13/2/2024", "14/2/2024")]
    [InlineData("2/11/2024|2/12/2024|2/13/2024", "2/14/2024")]
    [InlineData("2024-01|2024-02", "2024-03")]
    [InlineData("2024/1|2024/2", "2024/3")]
    [InlineData("11/2023|12/2023", "01/2024")]
    [InlineData("2024-01-31 22:00|2024-01-31 23:00", "2024-02-01 00:00")]
    [InlineData("2024-01-31 8:00|2024-01-31 9:00", "2024-01-31 10:00")]
    [InlineData("1/31/2024 22:00:30|1/31/2024 23:00:30", "2/1/2024 00:00:30")]
    [InlineData("31.01.2024 22:00|31.01.2024 23:00", "01.02.2024 00:00")]
    [InlineData("03/29/2024 10:00 PM|03/29/2024 11:00 PM", "03/30/2024 12:00 AM")]
    [InlineData("3/29/2024 9:00am|3/29/2024 10:00am|3/29/2024 11:00am", "3/29/2024 12:00pm")]
    [InlineData("20240131T220000|20240131T230000", "20240201T000000")]
    [InlineData("2024-01-31T22:00:00Z|2024-01-31T23:00:00Z", "2024-02-01T00:00:00Z")]
    [InlineData("2024-01-31 22:00:00 UTC|2024-01-31 23:00:00 UTC", "2024-02-01 00:00:00 UTC")]
    [InlineData("2024-01-31T22:00:00.000|2024-01-31T22:00:00.100", "2024-01-31T22:00:00.200")]
    [InlineData("2024-01-31T22:00:00.000Z|2024-01-31T23:00:00.000Z", "2024-02-01T00:00:00.000Z")]
    [InlineData("2024-01-31 22:00:00|2024-01-31 22:00:00.5", "2024-01-31 22:00:01")]
    [InlineData("2024-01-31T22:00:00+0530|2024-01-31T23:00:00+0530", "2024-02-01T00:00:00+0530")]
    [InlineData("2024-01-31 22:00:00-03|2024-01-31 23:00:00-03", "2024-02-01 00:00:00-03")]
    [InlineData("2023-12-01T00:00:00+01:00|2024-01-01T00:00:00+01:00", "2024-02-01T00:00:00+01:00")]
    public void Read_ADate_IsReadAndWrittenInItsForm(string dates, string next)
    {
        string[] rows = dates.Split('|');
        TimeAxis time = Read(rows).Series[0].Time;
        Assert.Equal(TimeAxisKind.Date, time.Kind);
        Assert.Equal(rows.Select(row => row.Trim()), rows.Select((_, row) => time.Format(row)));
        Assert.Equal(next, time.Format(rows.Length));
    }

    [Fact]
    public void Read_OffsetsThatChangeWithTheClocks_KeepEachRowsOwn()
    {
        // Berlin in the night of 31 March 2024: hours go on evenly, and 2 o'clock does not exist.
        TimeAxis hours = Read("2024-03-31T00:00:00+01:00", "2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00").Series[0].Time;
        Assert.Equal(("1 hour", 0), (hours.StepDescription, hours.IrregularSteps));
        Assert.Equal(["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00", "2024-03-31T04:00:00+02:00"], new[] { 1, 2, 3 }.Select(hours.Format));
        Assert.Equal(new DateTime(2024, 3, 31, 1, 0, 0, DateTimeKind.Utc), hours.DateAt(2));

        // Days go on by the clock, though this one had 23 hours.
        TimeAxis days = Read("2024-03-29T00:00:00+01:00", "2024-03-30T00:00:00+01:00", "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00").Series[0].Time;
        Assert.Equal(("1 day", 0, "2024-04-02T00:00:00+02:00"), (days.StepDescription, days.IrregularSteps, days.Format(4)));
    }

    [Fact]
    public void Read_DatesWhoseStepsAreEvenOnlyWithTheMonthFirst_AreMonths()
    {
        TimeSeriesSet set = Read([.. Enumerable.Range(0, 14).Select(n => $"{(n % 12) + 1}/1/{2010 + (n / 12)}")]);
        Assert.Equal(("1 month", "3/1/2011"), (set.Series[0].Time.StepDescription, set.Series[0].Time.Format(14)));
        Assert.Contains("read as M/d/yyyy, because", Assert.Single(set.Remarks), StringComparison.Ordinal);
        set = Read([.. Enumerable.Range(0, 14).Select(n => $"01/{(n % 12) + 1:00}/{2010 + (n / 12)}")]);
        Assert.Equal(("1 month", "01/03/2011"), (set.Series[0].Time.StepDescription, set.Series[0].Time.Format(14)));
    }

    [Theory]
    [InlineData("no row tells whether the day or the month comes first; write 2024-01-31, or", "1/2/2024", "2/2/2024")]
    [InlineData("'31.12.24'); write 2024-01-31, or", "31.12.24", "01.01.25")]
    [InlineData("'1/31/24')", "1/31/24", "2/1/24")]
    [InlineData("'Jan-10')", "Jan-10", "Feb-10")]
    [InlineData("'1 January 2024')", "1 January 2024", "2 January 2024")]
    [InlineData("'Mon, 05 Feb 2024')", "Mon, 05 Feb 2024", "Tue, 06 Feb 2024")]
    [InlineData("'2000-W01')", "2000-W01", "2000-W02")]
    [InlineData("'1950-Q1')", "1950-Q1", "1950-Q2")]
    [InlineData("'2024-01-31 12:00 CET')", "2024-01-31 12:00 CET", "2024-01-31 13:00 CET")]
    [InlineData("'2024-01-31 24:00')", "2024-01-31 24:00", "2024-02-01 24:00")]
    [InlineData("line 2: column 'date': there is no date here; give each row its own, or", "", "2024-01-31")]
    [InlineData("line 3: column 'date': an empty field is not a date like the ones before (yyyy-MM-dd)", "2024-01-31", "")]
    [InlineData("line 3: column 'date': '2024-02-01 12:00' is not a date like the ones before (yyyy-MM-dd)", "2024-01-31", "2024-02-01 12:00")]
    [InlineData("line 4: column 'date': '14/1/2024' is not a date like the ones before (M/d/yyyy)", "1/2/2024", "1/13/2024", "14/1/2024")]
    [InlineData("line 3: column 'date': '2024-01-31T23:00:00+' is not", "2024-01-31T22:00:00", "2024-01-31T23:00:00+")]
    public void Read_DatesThatAreNotRead_StopUnlessThereShallBeNoTime(string expected, params string[] dates)
    {
        var error = Assert.Throws<LstmTorchException>(() => Read(dates));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("or choose another column with --time, or --time none for the order of the rows", error.Message, StringComparison.Ordinal);

        TimeSeriesSet set = Read(dates, new ReadOptions { TimeColumn = "none" });
        Assert.Null(set.TimeColumn);
        Assert.Equal(TimeAxisKind.RowNumber, set.Series[0].Time.Kind);
        Assert.Equal(["v"], set.Inputs);
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("sunny")]
    [InlineData("maybe 5")]
    [InlineData("12:30")]
    [InlineData("A-17")]
    [InlineData("W")]
    [InlineData("555-1234")]
    public void Read_OtherText_IsNotTakenForADate(string text) => Assert.Equal(["date"], Read(text, text).IgnoredColumns);

    [Fact]
    public void Read_AColumnNamedNone_CanBeTheTime() =>
        Assert.Equal("none", SeriesReader.Read(new MemoryStream("none,v\n2024-01-01,1\n2024-01-02,3\n"u8.ToArray()), "x.csv", new ReadOptions { TimeColumn = "none" }).TimeColumn);

    [Fact]
    public void Read_ForAModelThatHasNoTimeColumn_LooksForNone()
    {
        var config = new ForecasterConfig { Inputs = ["v"], Targets = ["v"], InputScalers = [new ColumnScaler(0, 1)], TargetScalers = [new ColumnScaler(0, 1)] };
        Assert.Null(Read(["1/2/2024", "2/2/2024"], ReadOptions.Of(config)).TimeColumn);
        Assert.Equal("date", Read(["2024-02-01", "2024-02-02"], ReadOptions.Of(config with { TimeColumn = "date" })).TimeColumn);
    }

    private static TimeSeriesSet Read(params string[] dates) => Read(dates, new ReadOptions());

    private static TimeSeriesSet Read(string[] dates, ReadOptions options)
    {
        string text = $"date,v\n{string.Concat(dates.Select((date, row) => $"\"{date}\",{row % 3}\n"))}";
        return SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv", options);
    }
}
