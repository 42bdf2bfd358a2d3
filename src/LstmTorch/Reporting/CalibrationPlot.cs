using LstmTorch.Forecasting;
using ScottPlot;

namespace LstmTorch.Reporting;

/// <summary>
/// Draws whether quantiles hold what they promise: over the share of values that should lie below each, the share that did
/// (a reliability diagram; Gneiting, Balabdaoui and Raftery, "Probabilistic Forecasts, Calibration and Sharpness", 2007).
/// </summary>
public static class CalibrationPlot
{
    /// <summary>The points of the plot: of each quantile the share that should lie below it, and the share that did.</summary>
    public static IReadOnlyList<(double Nominal, double Observed)> Points(QuantileMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return [.. metrics.Each.Select(quantile => (quantile.Share, quantile.Observed))];
    }

    /// <summary>As a PNG image of 1280 × 720 pixels.</summary>
    /// <param name="metrics">What was measured.</param>
    /// <param name="theme">The colours.</param>
    public static byte[] ToPng(QuantileMetrics metrics, PlotTheme theme = PlotTheme.Light)
    {
        using Plot plot = Of(metrics, theme);
        return Plots.Png(plot);
    }

    /// <summary>As an SVG drawing.</summary>
    /// <inheritdoc cref="ToPng"/>
    public static string ToSvg(QuantileMetrics metrics, PlotTheme theme = PlotTheme.Light)
    {
        using Plot plot = Of(metrics, theme);
        return Plots.Svg(plot);
    }

    private static Plot Of(QuantileMetrics metrics, PlotTheme theme)
    {
        IReadOnlyList<(double Nominal, double Observed)> points = Points(metrics);
        PlotColors colors = PlotColors.Of(theme);
        var plot = new Plot();
        Plots.AddLine(plot, [0, 100], [0, 100], "what they promise", colors.Naive, 1.5f);
        Plots.AddLine(plot, [.. points.Select(point => 100 * point.Nominal)], [.. points.Select(point => 100 * point.Observed)], "what they hold", colors.Forecast, 2);
        foreach (var (nominal, observed) in points)
            plot.Add.Marker(100 * nominal, 100 * observed, MarkerShape.FilledCircle, 7, colors.Forecast);
        plot.Axes.SetLimits(0, 100, 0, 100);
        Plots.Dress(plot, "Values below each quantile", "quantile, %", "values below it, %", colors);
        return plot;
    }
}
