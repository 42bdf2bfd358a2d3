using System.Globalization;
using CsCheck;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class DateTicksTests
{
    [Theory]
    [InlineData("2015-01-01 00:00", "2015-01-01 05:00", "01-01 00:00 01-01 01:00 01-01 02:00 01-01 03:00 01-01 04:00 01-01 05:00")]
    [InlineData("2015-02-26 13:00", "2015-03-03 00:00", "2015-02-27 2015-02-28 2015-03-01 2015-03-02 2015-03-03")]
    [InlineData("2015-05-26 00:00", "2015-12-31 00:00", "2015-06 2015-07 2015-08 2015-09 2015-10 2015-11 2015-12")]
    [InlineData("2012-01-01 00:00", "2015-12-31 00:00", "2012 2013 2014 2015")]
    [InlineData("1949-02-01 00:00", "1960-12-01 00:00", "1950 1952 1954 1956 1958 1960")]
    public void Choose_ASpan_TakesRoundDates(string first, string last, string expected)
    {
        string labels = string.Join(' ', DateTicks.Choose(Date(first), Date(last)).Select(tick => tick.Label));
        Assert.Equal(expected, labels);
    }

    [Fact]
    public void Choose_AnySpan_TakesAtMostSevenAscendingTicksWithinIt()
    {
        Gen<DateTime> date = Gen.DateTime[new DateTime(1900, 1, 1), new DateTime(2100, 1, 1)];
        Gen.Select(date, Gen.Double[0, 10]).Sample((first, magnitude) =>
        {
            DateTime last = first.AddSeconds(Math.Min(Math.Pow(10, magnitude), 6e9));
            DateTime[] ticks = [.. DateTicks.Choose(first, last).Select(tick => tick.Date)];
            Assert.InRange(ticks.Length, 0, 7);
            Assert.All(ticks, tick => Assert.InRange(tick, first, last));
            Assert.Equal(ticks.Order().Distinct(), ticks);

            // A span of two months and more always has a tick, or the axis would say nothing.
            Assert.True(ticks.Length >= 2 || last - first < TimeSpan.FromDays(92));
        });
    }

    [Fact]
    public void Choose_OneMoment_TakesIt() => Assert.Single(DateTicks.Choose(Date("2015-01-01 00:00"), Date("2015-01-01 00:00")));

    private static DateTime Date(string text) =>
        DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
