using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>Whether quantiles leave the share of values below them that they promise.</summary>
internal static class QuantileSection
{
    /// <summary>The chapter.</summary>
    /// <param name="metrics">How the quantiles fared on the test part.</param>
    /// <param name="calibration">The plot of it.</param>
    public static ReportSection Of(QuantileMetrics metrics, ReportPicture calibration) => new("Quantiles", Html.Of($"""
        <p>The share of test values at or below each quantile, which should be the quantile itself: a line above the diagonal means forecasts that
        are too high there, one that is flatter than it means quantiles that lie too close together.</p>
        {ReportSection.Picture(calibration)}
        {ReportSection.Table(["Quantile", "Values below", "Pinball loss"], metrics.Each.Select(quantile => (IReadOnlyList<string>)[
            quantile.Share.ToString("0.####", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{100 * quantile.Observed:0.0} %"),
            MetricsTable.Format(quantile.Pinball)]))}
        """));
}
