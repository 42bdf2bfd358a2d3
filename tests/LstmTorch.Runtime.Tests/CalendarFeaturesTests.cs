using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests;

public sealed class CalendarFeaturesTests
{
    // Sines of multiples of 2π: some units of the last digit.
    private const double Tolerance = 1e-14;

    [Theory]
    [InlineData(CalendarFeature.Hour, "2024-05-01T00:00:00", 0)]
    [InlineData(CalendarFeature.Hour, "2024-05-01T06:00:00", 0.25)]
    [InlineData(CalendarFeature.Hour, "2024-05-01T13:30:36", 13.51 / 24)]
    [InlineData(CalendarFeature.Weekday, "2024-04-29T23:59:59", 0)]
    [InlineData(CalendarFeature.Weekday, "2024-05-05", 6.0 / 7)]
    [InlineData(CalendarFeature.Month, "2024-01-31", 0)]
    [InlineData(CalendarFeature.Month, "2024-12-01", 11.0 / 12)]
    [InlineData(CalendarFeature.DayOfYear, "2023-01-01", 0)]
    [InlineData(CalendarFeature.DayOfYear, "2023-12-31", 364.0 / 365)]
    [InlineData(CalendarFeature.DayOfYear, "2024-12-31", 365.0 / 366)]
    public void Of_AMoment_IsItsPlaceOnTheCircle(CalendarFeature feature, string clock, double turn)
    {
        var (sine, cosine) = CalendarFeatures.Of(feature, DateTime.Parse(clock, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(Math.Sin(2 * Math.PI * turn), sine, Tolerance);
        Assert.Equal(Math.Cos(2 * Math.PI * turn), cosine, Tolerance);
    }

    [Fact]
    public void Fill_ARow_WritesTheCalendarColumnsAlone()
    {
        ForecasterConfig config = Models.Config(Peephole.None) with
        {
            Inputs = ["hour_cos", "load", "hour_sin", "month_sin", "month_cos"],
            Calendar = [CalendarFeature.Month, CalendarFeature.Hour],
        };
        double[] row = [8, 8, 8, 8, 8];
        float[] single = [8, 8, 8, 8, 8];
        new CalendarFeatures(config).Fill(new DateTime(2024, 4, 30, 12, 0, 0), row);
        new CalendarFeatures(config).Fill(new DateTime(2024, 4, 30, 12, 0, 0), single);

        Assert.Equal([-1, 8, 0, 1, 0], row.Select(value => Math.Round(value, 14)));
        Assert.Equal(row.Select(value => (float)value), single);
    }

    [Fact]
    public void Fill_RowOfAnotherWidth_IsRefused() => Refusal.Of(
        ErrorKind.Usage, "a row of this model has 3 values, not 2", () => new CalendarFeatures(Models.Config(Peephole.None)).Fill(DateTime.UnixEpoch, new double[2]));
}
