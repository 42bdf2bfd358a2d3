using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class PlotsTests
{
    private static readonly PlotColors Light = PlotColors.Of(PlotTheme.Light);

    [Fact]
    public void ForecastAgainstActual_ForecastAboveActual_IsDrawnAbove()
    {
        var pixels = new PlotPixels(Plots.ForecastAgainstActual(Constant(actual: 0, forecast: 10, naive: 5)));

        Assert.Equal((1280, 720), (pixels.Width, pixels.Height));
        double forecast = pixels.MeanRow(Light.Forecast, 600, 640), actual = pixels.MeanRow(Light.Actual, 600, 640);
        double naive = pixels.MeanRow(Light.Naive, 600, 640);

        // Rows count from the top; the naive line lies halfway, up to a pixel of the line's width.
        Assert.True(forecast < actual);
        Assert.Equal((forecast + actual) / 2, naive, 2.0);
    }

    [Fact]
    public void ForecastAgainstActual_NoNaive_DrawsNone()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        Assert.NotEqual(0, new PlotPixels(Plots.ForecastAgainstActual(data)).Count(Light.Naive));
        Assert.Equal(0, new PlotPixels(Plots.ForecastAgainstActual(data with { Naive = null })).Count(Light.Naive));
    }

    [Fact]
    public void ForecastAgainstActual_AFewMissingValues_LeavesThemOut()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        double[] missing = [.. data.Naive!.Select((value, n) => n < 50 ? double.NaN : value)];
        var pixels = new PlotPixels(Plots.ForecastAgainstActual(data with { Naive = missing }));

        (int first, int last) = pixels.Columns(Light.Forecast);
        (int naiveFirst, int naiveLast) = pixels.Columns(Light.Naive);
        Assert.Equal(first + (50.0 / 99 * (last - first)), naiveFirst, 4.0);
        Assert.Equal(last, naiveLast, 4.0);
    }

    [Fact]
    public void ForecastAgainstActual_TitleAndColumnName_AreDrawn()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        byte[] plot = Plots.ForecastAgainstActual(data);
        Assert.NotEqual(plot, Plots.ForecastAgainstActual(data with { Title = "another" }));
        Assert.NotEqual(plot, Plots.ForecastAgainstActual(data with { Target = "another" }));
        Assert.Equal(plot, Plots.ForecastAgainstActual(data));
    }

    [Fact]
    public void ForecastAgainstActual_TitleLongerThanThePicture_IsShortened()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        string title = new('m', 69);
        byte[] plot = Plots.ForecastAgainstActual(data with { Title = title + "1 and more" });
        Assert.Equal(plot, Plots.ForecastAgainstActual(data with { Title = title + "…" }));
    }

    [Fact]
    public void ForecastAgainstActual_DatesInsteadOfSteps_ChangeOnlyTheAxis()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        DateTime[] dates = [.. Enumerable.Range(0, 100).Select(day => new DateTime(2015, 1, 1).AddDays(day))];
        byte[] steps = Plots.ForecastAgainstActual(data), days = Plots.ForecastAgainstActual(data with { Dates = dates });
        Assert.NotEqual(steps, days);
        Assert.Equal(
            new PlotPixels(steps).Columns(Light.Forecast),
            new PlotPixels(days).Columns(Light.Forecast));
    }

    [Fact]
    public void ForecastAgainstActual_ManyRows_StaysASmallFile()
    {
        double[] rows = [.. Enumerable.Range(0, 200_000).Select(n => (double)n)];
        double[] noise = [.. rows.Select(n => Math.Sin(n * n))];
        byte[] plot = Plots.ForecastAgainstActual(new("long", "y", null, rows, noise, noise, noise));
        Assert.InRange(plot.Length, 1, 200_000);
    }

    [Fact]
    public void ForecastAgainstActual_Dark_HasADarkBackground()
    {
        PlotColors dark = PlotColors.Of(PlotTheme.Dark);
        var pixels = new PlotPixels(Plots.ForecastAgainstActual(Constant(0, 10, 5), PlotTheme.Dark));
        Assert.True(pixels.Count(dark.Background) > 1280 * 720 / 2);
        Assert.Equal(0, pixels.Count(Light.Background));
    }

    [Fact]
    public void ForecastAgainstActual_ListsOfDifferentLength_Throws()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        var error = Assert.Throws<ArgumentException>(() => Plots.ForecastAgainstActual(data with { Forecast = [1, 2] }));
        Assert.Contains("100 times, 100 actual values, 2 forecasts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForecastAgainstActual_TimesThatDoNotAscend_Throws()
    {
        ForecastPlotData data = Constant(0, 10, 5);
        double[] twice = [.. data.Positions];
        twice[7] = twice[6];
        var error = Assert.Throws<ArgumentException>(() => Plots.ForecastAgainstActual(data with { Positions = twice }));
        Assert.Contains("row 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LossCurve_LossesOverMoreThanOneDecade_AreDrawnOnALogarithmicAxis()
    {
        // An exponential decay is a straight line on that axis: at half the way, half the height.
        var pixels = new PlotPixels(Plots.LossCurve([.. Epochs(101, epoch => Math.Pow(10, -epoch / 25.0))], 0));
        (int first, int last) = pixels.Columns(Light.Actual);
        int middle = (first + last) / 2;
        double start = pixels.MeanRow(Light.Actual, first, first + 8), end = pixels.MeanRow(Light.Actual, last - 8, last);
        Assert.True(end - start > 200);

        // 3 of about 400 rows: the width of the line.
        double half = pixels.MeanRow(Light.Actual, middle - 4, middle + 4);
        Assert.Equal((start + end) / 2, half, 3.0);

        // The validation loss is 1.5 times as large everywhere: always the same distance above.
        double distance = start - pixels.MeanRow(Light.Forecast, first, first + 8);
        Assert.True(distance > 5);
        Assert.Equal(half - distance, pixels.MeanRow(Light.Forecast, middle - 4, middle + 4), 3.0);
    }

    [Fact]
    public void LossCurve_BestEpoch_IsMarkedAtItsPlace()
    {
        EpochResult[] history = [.. Epochs(101, epoch => 1 + (0.01 * epoch))];
        (int first, int last) = new PlotPixels(Plots.LossCurve(history, 0)).Columns(Light.Actual);
        var pixels = new PlotPixels(Plots.LossCurve(history, 26));

        // A quarter of the way from epoch 1 to 101; the dotted line is two pixels wide.
        Assert.Equal(first + ((last - first) / 4.0), pixels.FullestColumn(Light.Text), 3.0);
    }

    [Fact]
    public void LossCurve_NoValidation_DrawsTheTrainingLossAlone()
    {
        EpochResult[] history = [.. Epochs(20, epoch => epoch).Select(epoch => epoch with { ValidationLoss = double.NaN })];
        var pixels = new PlotPixels(Plots.LossCurve(history, 0));
        Assert.NotEqual(0, pixels.Count(Light.Actual));
        Assert.Equal(0, pixels.Count(Light.Forecast));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LossCurve_HardlyAnyEpoch_IsAPictureAllTheSame(int epochs)
    {
        var pixels = new PlotPixels(Plots.LossCurve([.. Epochs(epochs, _ => 0.5)], 1));
        Assert.Equal(epochs > 0, pixels.Count(Light.Actual) > 0);
    }

    private static IEnumerable<EpochResult> Epochs(int count, Func<int, double> loss) =>
        Enumerable.Range(1, count).Select(epoch => new EpochResult(epoch, loss(epoch - 1), loss(epoch - 1) * 1.5, 1e-3, 1, 1));

    private static ForecastPlotData Constant(double actual, double forecast, double naive) => new(
        "a title",
        "a column",
        null,
        [.. Enumerable.Range(0, 100).Select(n => (double)n)],
        [.. Enumerable.Repeat(actual, 100)],
        [.. Enumerable.Repeat(forecast, 100)],
        [.. Enumerable.Repeat(naive, 100)]);
}
