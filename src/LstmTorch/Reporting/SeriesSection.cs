using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;

namespace LstmTorch.Reporting;

/// <summary>The series of a data set of many, the worst and the best of them.</summary>
internal static class SeriesSection
{
    private const int MostAtEachEnd = 10;

    /// <summary>The chapter; null where there is one series.</summary>
    /// <param name="part">The forecasts.</param>
    public static ReportSection? Of(PartForecasts part)
    {
        SeriesMetrics[] ranked = [.. part.Series.Where(series => series.ToBest is not null).OrderByDescending(series => series.ToBest)];
        if (ranked.Length < 2)
            return null;

        int better = ranked.Count(series => series.ToBest < 1);
        Html tables = ranked.Length <= 2 * MostAtEachEnd
            ? Rows(ranked, part)
            : Html.Of($"""
                <h3>The {MostAtEachEnd} worst</h3>
                {Rows(ranked[..MostAtEachEnd], part)}
                <h3>The {MostAtEachEnd} best</h3>
                {Rows(ranked[^MostAtEachEnd..], part)}
                """);
        string what = part.Config.Targets.Count > 1 ? "series and targets" : "series";
        return new ReportSection("Each series", Html.Of($"""
            <p>The model beats the best baseline on {better} of {ranked.Length} {what}. They are ordered by the model's mean absolute error as a
            share of the best baseline's, the worst first; series.csv holds all of them.</p>
            {tables}
            """));
    }

    private static Html Rows(SeriesMetrics[] some, PartForecasts part)
    {
        bool hasTargets = part.Config.Targets.Count > 1;
        return ReportSection.Table(
            ["Series", .. hasTargets ? ["Target"] : Array.Empty<string>(), "Windows", "MAE", "RMSE", "MASE", "sMAPE %", "Best baseline", "Its MAE", "Share"],
            some.Select(series => (IReadOnlyList<string>)[
                series.Series,
                .. hasTargets ? [series.Target] : Array.Empty<string>(),
                series.Windows.ToString(CultureInfo.InvariantCulture),
                MetricsTable.Format(series.Mae),
                MetricsTable.Format(series.Rmse),
                MetricsTable.Format(series.Mase),
                MetricsTable.Format(series.Smape),
                series.BestBaseline?.Title(part.Config.Seasonality) ?? "–",
                MetricsTable.Format(series.BestBaselineMae),
                string.Create(CultureInfo.InvariantCulture, $"{100 * series.ToBest:0} %"),
            ]));
    }
}
