using LstmTorch.Forecasting;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LstmTorch.Reporting;

/// <summary>Draws the plots of a run as PNG images, without a screen and without installed fonts.</summary>
public static class Plots
{
    /// <summary>The width of a plot at scale 1, in pixels.</summary>
    private const int Width = 640;

    /// <summary>The height of a plot at scale 1, in pixels.</summary>
    private const int Height = 360;

    /// <summary>Twice the pixels, so that text is sharp where a page shows the image at its size or larger.</summary>
    private const int Scale = 2;

    private const double BandOpacity = 0.2;

    /// <summary>The longest range of points whose lines are drawn thick.</summary>
    private const int FewPoints = 400;

    /// <summary>Draws the training and the validation loss over the epochs, and marks the best epoch.</summary>
    /// <remarks>The loss axis is logarithmic where the losses differ by more than a factor of ten.</remarks>
    /// <param name="history">The epochs, first one first; losses that are not finite are left out.</param>
    /// <param name="bestEpoch">The epoch whose weights were kept; no mark if the history lacks it.</param>
    /// <param name="theme">The colours.</param>
    /// <returns>A PNG image of 1280 × 720 pixels.</returns>
    public static byte[] LossCurve(
        IReadOnlyList<EpochResult> history, int bestEpoch, PlotTheme theme = PlotTheme.Light)
    {
        ArgumentNullException.ThrowIfNull(history);
        PlotColors colors = PlotColors.Of(theme);
        double[] losses =
            [.. history.SelectMany(epoch => new[] { epoch.TrainLoss, epoch.ValidationLoss }).Where(double.IsFinite)];
        bool logarithmic = losses.Length > 0 && LogTicks.Suit(losses.Min(), losses.Max());
        Func<double, double> place = logarithmic ? Math.Log10 : loss => loss;

        using var plot = new Plot();
        double[] epochs = [.. history.Select(epoch => (double)epoch.Epoch)];
        double[] training = [.. history.Select(epoch => place(epoch.TrainLoss))];
        double[] validation = [.. history.Select(epoch => place(epoch.ValidationLoss))];
        AddLine(plot, epochs, training, "training", colors.Actual, 2);
        AddLine(plot, epochs, validation, "validation", colors.Forecast, 2);
        if (history.FirstOrDefault(epoch => epoch.Epoch == bestEpoch) is { } best)
            AddBestEpoch(plot, best, place, colors);

        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        if (logarithmic)
            plot.Axes.Left.TickGenerator = LogTicks.Of(losses.Min(), losses.Max());

        return Draw(plot, "Loss per epoch", "epoch", "loss of scaled values", colors);
    }

    /// <summary>Draws the forecasts of the model over the values that came true, and the naive ones behind.</summary>
    /// <param name="data">What to draw.</param>
    /// <param name="theme">The colours.</param>
    /// <returns>A PNG image of 1280 × 720 pixels; it does not grow with the number of rows.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or the rows do not ascend in time.</exception>
    public static byte[] ForecastAgainstActual(ForecastPlotData data, PlotTheme theme = PlotTheme.Light)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] times = data.Dates is { } dates
            ? [.. dates.Select(date => date.ToOADate())]
            : [.. data.Positions];
        Check(data, times);

        PlotColors colors = PlotColors.Of(theme);
        float width = times.Length > FewPoints ? 1 : 1.8f;
        using var plot = new Plot();
        if (data.Interval is { } interval)
        {
            var band = plot.Add.FillY(times, [.. interval.Lower], [.. interval.Upper]);
            band.FillColor = colors.Forecast.WithAlpha(BandOpacity);
            band.LineWidth = 0;
            band.LegendText = data.IntervalName;
        }

        if (data.Naive is { } naive)
            AddLine(plot, times, naive, "naive (last value)", colors.Naive, width * 0.75f);
        AddLine(plot, times, data.Actual, "actual", colors.Actual, width);
        AddLine(plot, times, data.Forecast, "model", colors.Forecast, width);

        if (data.Dates is { Count: > 0 } days)
            plot.Axes.Bottom.TickGenerator = DateTicks.Of(days[0], days[^1]);

        string yLabel = $"{Shorten(data.Target, 23)} (original units)";
        return Draw(plot, data.Title, data.Dates is null ? "step" : "date", yLabel, colors);
    }

    private static void Check(ForecastPlotData data, double[] times)
    {
        int rows = times.Length;
        if (data.Actual.Count != rows || data.Forecast.Count != rows || (data.Naive?.Count ?? rows) != rows)
        {
            throw new ArgumentException(
                $"'{data.Title}': {rows} times, {data.Actual.Count} actual values, {data.Forecast.Count} forecasts " +
                $"and {data.Naive?.Count ?? rows} naive forecasts; there must be as many of each",
                nameof(data));
        }

        for (int n = 1; n < rows; n++)
        {
            if (!(times[n] > times[n - 1]))
                throw new ArgumentException($"'{data.Title}': row {n} is not later than the row before", nameof(data));
        }
    }

    internal static void AddLine(
        Plot plot, double[] times, IReadOnlyList<double> values, string name, Color color, float width)
    {
        int[] drawn = [.. Enumerable.Range(0, times.Length).Where(n => double.IsFinite(values[n]))];
        if (drawn.Length == 0)
            return;

        // SignalXY draws at most two points a pixel column, so that a million rows cost no more than a thousand.
        var line = plot.Add.SignalXY(drawn.Select(n => times[n]).ToArray(), drawn.Select(n => values[n]).ToArray());
        line.LegendText = name;
        line.Color = color;
        line.LineWidth = width;
        line.MarkerSize = drawn.Length == 1 ? 7 : 0;
    }

    private static void AddBestEpoch(Plot plot, EpochResult best, Func<double, double> place, PlotColors colors)
    {
        var mark = plot.Add.VerticalLine(best.Epoch, 1, colors.Text, LinePattern.Dotted);
        mark.LegendText = $"best epoch {best.Epoch}";
        double loss = double.IsFinite(best.ValidationLoss) ? best.ValidationLoss : best.TrainLoss;
        if (double.IsFinite(place(loss)))
            plot.Add.Marker(best.Epoch, place(loss), MarkerShape.FilledCircle, 8, colors.Forecast);
    }

    // What does not fit beside the plot would be cut off at both ends.
    private static string Shorten(string text, int longest) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest - 1), "…");

    private static byte[] Draw(Plot plot, string title, string xLabel, string yLabel, PlotColors colors)
    {
        Dress(plot, title, xLabel, yLabel, colors);
        return Png(plot);
    }

    /// <summary>A dressed plot as a PNG image of 1280 × 720 pixels.</summary>
    internal static byte[] Png(Plot plot)
    {
        plot.ScaleFactor = Scale;
        return plot.GetImageBytes(Width * Scale, Height * Scale, ImageFormat.Png);
    }

    /// <summary>A dressed plot as an SVG drawing of 640 × 360 units.</summary>
    internal static string Svg(Plot plot) => plot.GetSvgXml(Width, Height);

    /// <summary>Gives a plot its titles, colours, fonts and legend.</summary>
    internal static void Dress(Plot plot, string title, string xLabel, string yLabel, PlotColors colors)
    {
        plot.FigureBackground.Color = colors.Background;
        plot.DataBackground.Color = colors.Background;
        plot.Grid.MajorLineColor = colors.Grid;
        plot.Axes.Color(colors.Text);
        plot.Axes.FrameColor(colors.Grid);
        plot.Title(Shorten(title, 70), 16);
        plot.XLabel(xLabel, 14);
        plot.YLabel(yLabel, 14);
        plot.Axes.Title.Label.ForeColor = colors.Text;
        foreach (LabelStyle label in new[] { plot.Axes.Title.Label, plot.Axes.Bottom.Label, plot.Axes.Left.Label })
        {
            label.FontName = PlotFont.For(label.Text);
            label.Bold = false;
        }

        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontName = PlotFont.For("");
            axis.TickLabelStyle.FontSize = 13;
        }

        // The last tick label reaches beyond its tick, and the axis reserves no room for it.
        plot.Axes.Right.MinimumSize = 40;

        // Below the plot, where it covers no data.
        plot.ShowLegend(Edge.Bottom).Padding = new PixelPadding(0);
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontName = PlotFont.For("");
        plot.Legend.FontSize = 14;
        plot.Legend.FontColor = colors.Text;
        plot.Legend.BackgroundColor = colors.Background;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
    }
}
