using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;

namespace LstmTorch.Reporting;

/// <summary>The metrics of the model and of the baselines as an HTML table, one forecast a row; the best in bold.</summary>
internal static class MetricsTable
{
    /// <summary>What the rows are, in words.</summary>
    public const string Legend =
        "MAE, RMSE and MSE: mean absolute, root mean squared and mean squared error. " +
        "MAPE and sMAPE: percentage errors. " +
        "MASE: MAE divided by the error of the seasonal naive forecast on the training part. " +
        "R²: share of the variance explained. A dash: not defined.";

    /// <summary>What the baselines are, in words.</summary>
    public const string BaselineLegend =
        "Naive: the last known value, repeated. Seasonal naive: the last known season, repeated. Drift: the line from the first to the last known value. " +
        "Season's mean: the mean of the last season, repeated. Theta: exponential smoothing with half of the trend, on the values without their season. " +
        "Linear: a linear map of the window, fitted to the training windows by least squares.";

    private static readonly Column[] Columns =
    [
        new("MAE", metrics => metrics.Mae),
        new("RMSE", metrics => metrics.Rmse),
        new("MSE", metrics => metrics.Mse),
        new("MAPE %", metrics => metrics.Mape),
        new("sMAPE %", metrics => metrics.Smape),
        new("MASE", metrics => metrics.Mase),
        new("R²", metrics => metrics.R2, LargestIsBest: true),
    ];

    private sealed record Column(
        string Name, Func<ForecastMetrics, double?> Of, bool LargestIsBest = false);

    /// <summary>Writes the table of one target, or of the mean over targets.</summary>
    public static Html Of(TargetMetrics metrics, int seasonality)
    {
        (string Name, ForecastMetrics Metrics)[] forecasts =
            [("Model", metrics.Model), .. metrics.Baselines(seasonality).Select(each => (Capital(each.Baseline.Title(seasonality)), each.Metrics))];
        ForecastMetrics[] all = [.. forecasts.Select(forecast => forecast.Metrics)];
        return Html.Of($"""
            <div class="scroll" tabindex="0"><table class="metrics">
            <tr><th scope="col">Forecast</th>{Html.Join(Columns.Select(column => Html.Of($"<th scope=\"col\">{column.Name}</th>")))}</tr>
            {Html.Join(forecasts.Select(forecast => Html.Of($"<tr><th scope=\"row\">{forecast.Name}</th>{Html.Join(Columns.Select(column => Cell(column, forecast.Metrics, all)))}</tr>")))}
            </table></div>
            """);
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

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

    private static Html Cell(Column column, ForecastMetrics forecast, ForecastMetrics[] all)
    {
        double? value = column.Of(forecast), best = column.LargestIsBest ? all.Max(column.Of) : all.Min(column.Of);
        string text = value is null ? Format(null) : Format(value);
        return value is not null && value == best ? Html.Of($"<td><b>{text}</b></td>") : Html.Of($"<td>{text}</td>");
    }
}
