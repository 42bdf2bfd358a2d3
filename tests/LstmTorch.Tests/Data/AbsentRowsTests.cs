using System.Globalization;
using System.Text;
using CsCheck;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class AbsentRowsTests
{
    private const int Rows = 40, MostAbsent = 8;

    private static readonly ReadOptions s_insert = new() { InsertRows = true, Missing = MissingValues.Interpolate };

    /// <summary>A file without some of its rows, which are inserted, is read as the file with their fields empty.</summary>
    [Theory]
    [InlineData("days")]
    [InlineData("business days")]
    [InlineData("firsts of months")]
    [InlineData("ends of months")]
    [InlineData("quarters")]
    [InlineData("hours")]
    [InlineData("hours through a change of clocks")]
    [InlineData("days through a change of clocks")]
    [InlineData("numbers")]
    public void Insert_IsAsTheFileWithEmptyFields(string kind) =>
        Gen.Select(Gen.Int[1, Rows - 2].HashSet[0, MostAbsent], Gen.Int[1, Rows - 2].HashSet[0, MostAbsent], Gen.Double[-9, 9].Array[2 * Rows]).Sample((a, b, values) =>
        {
            var options = new ReadOptions { SeriesIdColumn = "id", TimeColumn = "at", Targets = ["y"], Categorical = ["shop"], Missing = MissingValues.Interpolate };
            TimeSeriesSet expected = Read(Lines(leavesOut: false), options), actual = Read(Lines(leavesOut: true), options with { InsertRows = true });

            Assert.Equal(0, actual.IrregularSteps);
            Assert.Equal(a.Count + b.Count, actual.MissingFilled);
            Assert.Equal(expected.Series.Select(series => Described(series, kind)), actual.Series.Select(series => Described(series, kind)));

            IEnumerable<string> Lines(bool leavesOut)
            {
                yield return "id,at,shop,y";
                for (int row = 0; row < 2 * Rows; row++)
                {
                    bool isAbsent = (row < Rows ? a : b).Contains(row % Rows);
                    if (!(leavesOut && isAbsent))
                        yield return string.Create(CultureInfo.InvariantCulture, $"{row / Rows},{Moment(kind, row % Rows)},{(row < Rows ? "north" : "south")},{(isAbsent ? string.Empty : values[row])}");
                }
            }
        });

    [Fact]
    public void Insert_AsManyAsThereAre_IsTheMost() =>
        Assert.Equal(6, Read(["t,a", "2024-01-01,1", "2024-01-02,2", "2024-01-06,6"], s_insert).Rows);

    [Fact]
    public void Insert_SaysHowManyAndWhere()
    {
        TimeSeriesSet set = Read(["t,a", "2024-01-01,1", "2024-01-02,2", "2024-01-04,4", "2024-01-05,5", "2024-01-08,8"], s_insert);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], set.Series[0].Column(0).ToArray());
        Assert.Equal("3 rows inserted for moments that are absent, the first below line 3", set.Remarks[0]);
        Assert.Equal("2024-01-09", set.Series[0].Time.Format(8));
    }

    /// <summary>What is no whole number of steps away stays as it is: where the row belongs is not known.</summary>
    [Fact]
    public void Insert_RowBetweenTheSteps_IsLeftAsItIs()
    {
        TimeSeriesSet set = Read(["t,a", "2024-01-01 00:00,1", "2024-01-01 01:00,2", "2024-01-01 02:00,3", "2024-01-01 04:30,4", "2024-01-01 05:30,5"], s_insert);

        Assert.Equal([1, 2, 3, 4, 5], set.Series[0].Column(0).ToArray());
        Assert.Equal(1, set.IrregularSteps);
        Assert.Empty(set.Remarks);
    }

    /// <summary>The usual distance is that of the longest series: two rows tell nothing of theirs.</summary>
    [Fact]
    public void Insert_SeriesOfTwoRows_HasTheStepOfTheOthers()
    {
        TimeSeriesSet set = Read(["id,t,a", "x,1,1", "x,2,2", "x,3,3", "y,1,5", "y,3,7", "z,9,0"], s_insert with { SeriesIdColumn = "id", TimeColumn = "t" });

        Assert.Equal([5, 6, 7], set.Series[1].Column(0).ToArray());
        Assert.Equal([0], set.Series[2].Column(0).ToArray());
    }

    [Fact]
    public void Insert_WideFile_InsertsIntoEachSeries()
    {
        TimeSeriesSet set = Read(["t,a,b", "2024-01-01,1,10", "2024-01-02,2,20", "2024-01-04,4,40"], s_insert with { Wide = true });

        Assert.Equal([1, 2, 3, 4], set.Series[0].Column(0).ToArray());
        Assert.Equal([10, 20, 30, 40], set.Series[1].Column(0).ToArray());
        Assert.Equal(2, set.MissingFilled);
    }

    /// <summary>A row to come that is absent is as one whose fields are empty.</summary>
    [Fact]
    public void Insert_AbsentRowOfTheFuture_HasNoKnownValue()
    {
        TimeSeries series = Read(["t,sales,price", "2024-01-01,1,7", "2024-01-02,2,8", "2024-01-04,,9"], s_insert with { Targets = ["sales"], FutureCovariates = ["price"] }).Series[0];

        Assert.Equal((2, 2), (series.Length, series.Ahead.Rows));
        Assert.Equal([double.NaN, 9], series.Ahead.Columns["price"]);
    }

    [Theory]
    [InlineData("x.csv, line 4: up to this row more rows are absent than there are, if they lie 1 day apart as most do; leave out", "t,a", "2024-01-01,1", "2024-01-02,2", "2024-01-07,3")]
    [InlineData("x.csv, line 6: up to this row more rows are absent than there are, if they lie 1 second apart", "t,a", "1980-01-01 00:00:00,1", "1980-01-01 00:00:01,2", "1980-01-01 00:00:02,2", "1980-01-01 00:00:04,2", "2024-01-02 00:00:00,2")]
    [InlineData("x.csv, line 4: column 't': 2024-01-01 stands below the later 2024-01-02 in line 3", "t,a", "2024-01-01,1", "2024-01-02,2", "2024-01-01,3")]
    [InlineData("x.csv: --insert-rows needs a time column, which tells where rows are absent; name it with --time", "a,b", "1.5,1", "2.5,7")]
    public void Insert_WhatCannotBe_IsRefused(string expected, params string[] lines) =>
        Assert.Contains(expected, Assert.Throws<LstmTorchException>(() => Read(lines, s_insert)).Message, StringComparison.Ordinal);

    private static string Moment(string kind, int row)
    {
        var first = new DateTime(2024, 3, 21);
        return kind switch
        {
            "days" => Date(first.AddDays(row)),
            "business days" => Date(first.AddDays(row + ((row + 3) / 5 * 2))),
            "firsts of months" => Date(new DateTime(2019, 5, 1).AddMonths(row)),
            "ends of months" => Date(new DateTime(2019, 5, 1).AddMonths(row).AddDays(-1)),
            "quarters" => Date(new DateTime(2019, 4, 1).AddMonths(3 * row)),
            "hours" => first.AddHours(row).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            "numbers" => (1000 + (row * 250)).ToString(CultureInfo.InvariantCulture),
            "hours through a change of clocks" => Local(new DateTime(2024, 3, 30, 12, 0, 0).AddHours(row), "yyyy-MM-ddTHH:mm"),
            _ => Local(new DateTime(2024, 3, 11, 23, 0, 0).AddDays(row).AddHours(row < 20 ? 0 : -1), "yyyy-MM-ddTHH:mm"),
        };
    }

    private static string Date(DateTime date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>As clocks in Berlin showed it, which went from +01:00 to +02:00 on 2024-03-31 at 01:00 UTC.</summary>
    private static string Local(DateTime utc, string pattern)
    {
        int offset = utc < new DateTime(2024, 3, 31, 1, 0, 0) ? 1 : 2;
        return utc.AddHours(offset).ToString(pattern, CultureInfo.InvariantCulture) + $"+0{offset}:00";
    }

    /// <summary>All of a series but the offsets from UTC of absent rows, which nobody knows: hours are compared in UTC, days by the clock.</summary>
    private static string Described(TimeSeries series, string kind)
    {
        var text = new StringBuilder(series.Id);
        for (int row = 0; row < series.Length; row++)
        {
            text.Append(' ').Append(row).Append(series.Filled("y") is [_, ..] filled && filled[row] ? "?" : ":");
            DateTime? moment = kind.StartsWith("hours", StringComparison.Ordinal) ? series.Time.DateAt(row) : series.Time.ClockAt(row);
            text.Append(moment?.ToString("s", CultureInfo.InvariantCulture) ?? series.Time.Format(row));
            for (int column = 0; column < series.Columns.Count; column++)
                text.Append('|').Append(series.Column(column)[row].ToString("R", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static TimeSeriesSet Read(IEnumerable<string> lines, ReadOptions options) =>
        SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), "x.csv", options);
}
