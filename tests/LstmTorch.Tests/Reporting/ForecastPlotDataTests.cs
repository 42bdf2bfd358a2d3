using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class ForecastPlotDataTests
{
    private static readonly DateTime s_first = new(2015, 1, 1);

    [Fact]
    public void Select_OneStepOfDays_HasDatesValuesAndNaiveForecasts()
    {
        ForecastPlotData plot = Assert.Single(ForecastPlotData.Select(Rows(rows: 4, horizon: 1, Day)));

        Assert.Equal("y: test part, 1 step ahead", plot.Title);
        Assert.Equal("forecast-y", plot.FileName);
        Assert.Equal(new DateTime(2015, 1, 2), plot.Dates![0]);
        Assert.Equal([101, 102, 103, 104], plot.Actual);
        Assert.Equal([101.5, 102.5, 103.5, 104.5], plot.Forecast);

        // The value at the first origin lies before the part and is not among the rows.
        Assert.Equal([double.NaN, 101, 102, 103], plot.Naive!);
    }

    [Fact]
    public void Select_SeveralSteps_ShowsTheFirstAndTheLast()
    {
        IReadOnlyList<ForecastPlotData> plots = ForecastPlotData.Select(Rows(rows: 5, horizon: 3, Day));

        Assert.Equal(["forecast-y-step-1", "forecast-y-step-3"], plots.Select(plot => plot.FileName));
        Assert.Equal([103, 104, 105, 106, 107], plots[1].Actual);
        Assert.Equal([double.NaN, double.NaN, double.NaN, 103, 104], plots[1].Naive!);
        Assert.Equal(new DateTime(2015, 1, 4), plots[1].Dates![0]);
    }

    [Fact]
    public void Select_DatesInAnyForm_AreThoseOfTheRows()
    {
        PredictionRow[] rows = [.. Rows(3, 1, n => $"Q{n}").Select((row, n) => row with { Date = new DateTime(2015, 1, 1).AddMonths(3 * n) })];
        Assert.Equal([new(2015, 1, 1), new(2015, 4, 1), new(2015, 7, 1)], Assert.Single(ForecastPlotData.Select(rows)).Dates!);

        // Dates that do not rise cannot be drawn along an axis.
        rows[2] = rows[2] with { Date = rows[1].Date };
        Assert.Null(Assert.Single(ForecastPlotData.Select(rows)).Dates);
    }

    [Fact]
    public void Select_NumberedTimes_ArePositions()
    {
        ForecastPlotData plot = Assert.Single(ForecastPlotData.Select(Rows(3, 1, n => $"{-10 + (5 * n)}")));
        Assert.Null(plot.Dates);
        Assert.Equal([-5, 0, 5], plot.Positions);
    }

    [Fact]
    public void Select_TimesThatAreNeither_AreCounted()
    {
        ForecastPlotData plot = Assert.Single(ForecastPlotData.Select(Rows(3, 1, n => $"row {n}")));
        Assert.Null(plot.Dates);
        Assert.Equal([1, 2, 3], plot.Positions);
    }

    [Fact]
    public void Select_ManySeriesAndTargets_NamesFilesApartAndSafely()
    {
        string[] ids = ["../a", "..?a", "third", "fourth"], targets = ["Öl €", "öl $"];
        PredictionRow[] rows =
        [
            .. from series in ids
               from target in targets
               from row in Rows(2, 1, Day)
               select row with { Series = series, Target = target },
        ];
        string[] names = [.. ForecastPlotData.Select(rows, maximumSeries: 2).Select(plot => plot.FileName)];

        Assert.Equal(
            ["forecast-1-___a-1-_l__", "forecast-1-___a-2-_l__", "forecast-2-___a-1-_l__", "forecast-2-___a-2-_l__"], names);
    }

    [Fact]
    public void Select_ManyRows_AddsTheLastOnesAlone()
    {
        IReadOnlyList<ForecastPlotData> plots = ForecastPlotData.Select(Rows(1001, 1, Day));

        Assert.Equal(["forecast-y", "forecast-y-detail"], plots.Select(plot => plot.FileName));
        Assert.Equal(1001, plots[0].Actual.Count);
        Assert.Equal(plots[0].Actual.TakeLast(300), plots[1].Actual);
        Assert.Equal(plots[0].Forecast.TakeLast(300), plots[1].Forecast);
        Assert.Equal(plots[0].Naive!.TakeLast(300), plots[1].Naive!);
        Assert.Equal(plots[0].Dates!.TakeLast(300), plots[1].Dates!);
        Assert.Equal(plots[0].Positions.TakeLast(300), plots[1].Positions);
    }

    /// <summary>A calibrated interval before the quantiles, and of these the outermost.</summary>
    [Fact]
    public void Select_Quantiles_DrawsTheOutermostUnlessThereIsAnInterval()
    {
        PredictionRow[] rows = [.. Rows(3, 1, Day).Select(row => row with { Quantiles = [new(0.1, row.Forecast - 3), new(0.5, row.Forecast), new(0.9, row.Forecast + 4)] })];
        ForecastPlotData plot = ForecastPlotData.Select(rows)[0];
        ForecastPlotData calibrated = ForecastPlotData.Select([.. rows.Select(row => row with { Intervals = [new(0, 1)] })])[0];

        Assert.Equal(plot.Forecast.Select(value => value - 3), plot.Interval!.Value.Lower);
        Assert.Equal(plot.Forecast.Select(value => value + 4), plot.Interval!.Value.Upper);
        Assert.Equal("quantiles 0.1 to 0.9", plot.IntervalName);
        Assert.Equal([0, 0, 0], calibrated.Interval!.Value.Lower);
        Assert.Equal("interval", calibrated.IntervalName);
    }

    [Fact]
    public void Select_Nothing_IsNothing() => Assert.Empty(ForecastPlotData.Select([]));

    private static string Day(int row) =>
        s_first.AddDays(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The value of row n is 100 + n, its forecast 0.5 more.
    private static PredictionRow[] Rows(int rows, int horizon, Func<int, string> time) =>
    [
        .. from origin in Enumerable.Range(0, rows)
           from step in Enumerable.Range(1, horizon)
           let row = origin + step
           select new PredictionRow("", time(origin), time(row), step, "y", 100 + row, 100.5 + row) { Date = time == Day ? s_first.AddDays(row) : null },
    ];
}
