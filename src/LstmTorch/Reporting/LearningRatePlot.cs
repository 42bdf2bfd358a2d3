using LstmTorch.Forecasting;
using ScottPlot;

namespace LstmTorch.Reporting;

/// <summary>Draws what a range test of the learning rate has seen: the loss over the rate, and where the suggested rate lies.</summary>
public static class LearningRatePlot
{
    /// <summary>As a PNG image of 1280 × 720 pixels.</summary>
    /// <param name="curve">The steps.</param>
    /// <param name="theme">The colours.</param>
    public static byte[] ToPng(LearningRateCurve curve, PlotTheme theme = PlotTheme.Light)
    {
        using Plot plot = Of(curve, theme);
        return Plots.Png(plot);
    }

    /// <summary>As an SVG drawing.</summary>
    /// <inheritdoc cref="ToPng"/>
    public static string ToSvg(LearningRateCurve curve, PlotTheme theme = PlotTheme.Light)
    {
        using Plot plot = Of(curve, theme);
        return Plots.Svg(plot);
    }

    private static Plot Of(LearningRateCurve curve, PlotTheme theme)
    {
        ArgumentNullException.ThrowIfNull(curve);
        PlotColors colors = PlotColors.Of(theme);
        double smallest = curve.Points.Min(point => point.Loss), largest = curve.Points.Max(point => point.Loss);
        bool logarithmic = LogTicks.Suit(smallest, largest);
        var plot = new Plot();
        Plots.AddLine(
            plot,
            [.. curve.Points.Select(point => Math.Log10(point.LearningRate))],
            [.. curve.Points.Select(point => logarithmic ? Math.Log10(point.Loss) : point.Loss)],
            "loss",
            colors.Actual,
            2);
        var mark = plot.Add.VerticalLine(Math.Log10(curve.Suggested), 2, colors.Forecast);
        mark.LegendText = FormattableString.Invariant($"suggested: {curve.Suggested:G2}");
        plot.Axes.Bottom.TickGenerator = LogTicks.Of(curve.Points[0].LearningRate, curve.Points[^1].LearningRate);
        if (logarithmic)
            plot.Axes.Left.TickGenerator = LogTicks.Of(smallest, largest);
        Plots.Dress(plot, "Loss while the steps grow", "learning rate", "loss of scaled values", colors);
        return plot;
    }
}
