using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>The metrics of the model and of the two naive forecasts as an HTML table, one forecast a column so that it fits a phone; the best in bold.</summary>
internal static class MetricsTable
{
    /// <summary>What the rows are, in words.</summary>
    public const string Legend =
        "MAE, RMSE and MSE: mean absolute, root mean squared and mean squared error. " +
        "MAPE and sMAPE: percentage errors. " +
        "MASE: MAE divided by the error of the seasonal naive forecast on the training part. " +
        "R²: share of the variance explained. A dash: not defined.";

    private static readonly Row[] Rows =
    [
        new("MAE", "", metrics => metrics.Mae),
        new("RMSE", "", metrics => metrics.Rmse),
        new("MSE", "", metrics => metrics.Mse),
        new("MAPE", " %", metrics => metrics.Mape),
        new("sMAPE", " %", metrics => metrics.Smape),
        new("MASE", "", metrics => metrics.Mase),
        new("R²", "", metrics => metrics.R2, LargestIsBest: true),
    ];

    private sealed record Row(
        string Name, string Unit, Func<ForecastMetrics, double?> Of, bool LargestIsBest = false);

    /// <summary>Writes the table of one target, or of the mean over targets.</summary>
    public static Html Of(TargetMetrics metrics, int seasonality)
    {
        ForecastMetrics[] all = [metrics.Model, metrics.Naive, metrics.SeasonalNaive];
        return Html.Of($"""
            <div class="scroll"><table class="metrics">
            <tr><td></td><th scope="col">Model</th><th scope="col">Naive</th><th scope="col">Seasonal naive ({seasonality})</th></tr>
            {Html.Join(Rows.Select(row => Html.Of($"<tr><th scope=\"row\">{row.Name}</th>{Html.Join(all.Select(forecast => Cell(row, forecast, all)))}</tr>")))}
            </table></div>
            """);
    }

    /// <summary>Four significant digits, and powers of ten only for the very large and the very small.</summary>
    public static string Format(double? value) => value switch
    {
        null => "–",
        0 => "0",
        { } number when Math.Abs(number) is >= 1e-4 and < 1e7 => Decimals(number),
        { } number => number.ToString("0.###e0", CultureInfo.InvariantCulture),
    };

    private static string Decimals(double number)
    {
        int decimals = Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 7);
        return number.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    private static Html Cell(Row row, ForecastMetrics forecast, ForecastMetrics[] all)
    {
        double? value = row.Of(forecast), best = row.LargestIsBest ? all.Max(row.Of) : all.Min(row.Of);
        string text = value is null ? Format(null) : Format(value) + row.Unit;
        return value is not null && value == best ? Html.Of($"<td><b>{text}</b></td>") : Html.Of($"<td>{text}</td>");
    }
}
