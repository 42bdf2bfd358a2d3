using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>The metrics of the model and of the two naive forecasts as an HTML table, the best of each in bold.</summary>
internal static class MetricsTable
{
    /// <summary>What the columns are, in words.</summary>
    public const string Legend =
        "MAE, RMSE and MSE: mean absolute, root mean squared and mean squared error. MAPE and sMAPE: percentage errors. " +
        "MASE: MAE divided by the error of the seasonal naive forecast on the training part. R²: share of the variance " +
        "explained. A dash: not defined.";

    private static readonly (string Name, string Unit, Func<ForecastMetrics, double?> Of, bool LargestIsBest)[] Columns =
    [
        ("MAE", "", metrics => metrics.Mae, false),
        ("RMSE", "", metrics => metrics.Rmse, false),
        ("MSE", "", metrics => metrics.Mse, false),
        ("MAPE", " %", metrics => metrics.Mape, false),
        ("sMAPE", " %", metrics => metrics.Smape, false),
        ("MASE", "", metrics => metrics.Mase, false),
        ("R²", "", metrics => metrics.R2, true),
    ];

    /// <summary>Writes the table of one target, or of the mean over targets.</summary>
    public static Html Of(TargetMetrics metrics, int seasonality)
    {
        ForecastMetrics[] forecasts = [metrics.Model, metrics.Naive, metrics.SeasonalNaive];
        string[] names = ["Model", "Naive", $"Seasonal naive ({seasonality})"];
        return Html.Of($"""
            <div class="scroll"><table class="metrics">
            <tr><td></td>{Html.Join(Columns.Select(column => Html.Of($"<th scope=\"col\">{column.Name}</th>")))}</tr>
            {Html.Join(forecasts.Select((forecast, row) => Html.Of(
                $"<tr><th scope=\"row\">{names[row]}</th>{Html.Join(Columns.Select(column => Cell(column.Of, column.Unit, column.LargestIsBest, forecast, forecasts)))}</tr>")))}
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

    private static Html Cell(
        Func<ForecastMetrics, double?> metric, string unit, bool largestIsBest, ForecastMetrics forecast, ForecastMetrics[] all)
    {
        double? value = metric(forecast), best = largestIsBest ? all.Max(metric) : all.Min(metric);
        string text = value is null ? Format(null) : Format(value) + unit;
        return value is not null && value == best ? Html.Of($"<td><b>{text}</b></td>") : Html.Of($"<td>{text}</td>");
    }
}
