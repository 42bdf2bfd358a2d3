using System.Globalization;
using LstmTorch.Data;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class TimeAxisTests
{
    [Theory]
    [InlineData("2024-01-01 2024-01-02 2024-01-03", "2024-01-04", "1 day", 7, 0)]
    [InlineData("2024-01-01 2024-01-02 2024-01-04 2024-01-05", "2024-01-06", "1 day", 7, 1)]
    [InlineData("2023-11-01 2023-12-01 2024-01-01", "2024-02-01", "1 month", 12, 0)]
    [InlineData("2023-12-31 2024-01-31", "2024-02-29", "1 month", 12, 0)]
    [InlineData("2023-01-31 2023-02-28 2023-03-31", "2023-04-30", "1 month", 12, 0)]
    [InlineData("2023-07-01 2023-10-01 2024-01-01", "2024-04-01", "1 quarter", 4, 0)]
    [InlineData("2022-06-15 2023-06-15 2024-06-15", "2025-06-15", "1 year", 1, 0)]
    [InlineData("2024-02-19 2024-02-26", "2024-03-04", "1 week", 52, 0)]
    public void Format_BeyondTheEnd_ContinuesWithTheUsualStep(string dates, string next, string step, int seasonality, int irregular)
    {
        TimeAxis axis = Axis(dates.Split(' '), "yyyy-MM-dd");
        Assert.Equal(next, axis.Format(axis.Length));
        Assert.Equal(step, axis.StepDescription);
        Assert.Equal(seasonality, axis.DefaultSeasonality);
        Assert.Equal(irregular, axis.IrregularSteps);
    }

    [Theory]
    [InlineData(60, "1 hour", 24)]
    [InlineData(30, "30 minutes", 48)]
    [InlineData(15, "15 minutes", 96)]
    [InlineData(7, "7 minutes", 1)]
    public void DefaultSeasonality_WithinADay_IsADay(int minutes, string step, int seasonality)
    {
        var start = new DateTime(2024, 3, 31);
        TimeAxis axis = TimeAxis.OfDates("t", [.. Enumerable.Range(0, 5).Select(n => start.AddMinutes(n * minutes).Ticks)], "yyyy-MM-dd HH:mm");
        Assert.Equal(step, axis.StepDescription);
        Assert.Equal(seasonality, axis.DefaultSeasonality);
        Assert.Equal(start.AddMinutes(9 * minutes), axis.DateAt(9));
    }

    [Fact]
    public void OfDates_FromMondayToFriday_GoesOnWithBusinessDays()
    {
        // 2024-01-01 is a Monday; the second Wednesday, the 10th, is a holiday, and the last day a Friday.
        long[] days = [.. Enumerable.Range(1, 19).Where(day => day % 7 is not (6 or 0) && day != 10).Select(day => new DateTime(2024, 1, day).Ticks)];
        TimeAxis axis = TimeAxis.OfDates("t", days, "yyyy-MM-dd");
        Assert.Equal(("1 business day", 5, 1), (axis.StepDescription, axis.DefaultSeasonality, axis.IrregularSteps));
        Assert.Equal(["2024-01-19", "2024-01-22", "2024-01-26", "2024-01-29", "2024-02-05"], new[] { -1, 0, 4, 5, 10 }.Select(step => axis.Format(axis.Length + step)));

        // With one Saturday among them they are days, and so they are before anything can be told.
        Assert.Equal("1 day", TimeAxis.OfDates("t", [.. days, new DateTime(2024, 1, 20).Ticks], "yyyy-MM-dd").StepDescription);
        Assert.Equal("1 day", TimeAxis.OfDates("t", days[..5], "yyyy-MM-dd").StepDescription);
    }

    [Fact]
    public void OfSteps_ContinuesTheNumbers()
    {
        TimeAxis axis = TimeAxis.OfSteps("n", [10, 20, 30]);
        Assert.Equal("50", axis.Format(4));
        Assert.Null(axis.DateAt(0));
        Assert.Throws<ArgumentException>(() => TimeAxis.OfSteps("n", [1, 1]));
    }

    [Fact]
    public void OfRows_CountsFromOne() => Assert.Equal(["1", "4"], new[] { 0, 3 }.Select(TimeAxis.OfRows(2).Format));

    private static TimeAxis Axis(string[] dates, string pattern) =>
        TimeAxis.OfDates("t", [.. dates.Select(date => DateTime.ParseExact(date, pattern, CultureInfo.InvariantCulture).Ticks)], pattern);
}
