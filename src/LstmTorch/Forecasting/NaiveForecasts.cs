namespace LstmTorch.Forecasting;

/// <summary>The forecasts that need no model. A model is worth its training only where it beats them.</summary>
/// <remarks>
/// Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 5.2, for the last value,
/// the last season and the drift; the mean of the last season is the usual yardstick of the long-horizon literature.
/// </remarks>
public static class NaiveForecasts
{
    /// <summary>Repeats the last known value: f_{origin+k} = y_origin.</summary>
    /// <param name="series">The target, oldest row first, original units; rows after the origin are not read.</param>
    /// <param name="origin">The last known row.</param>
    /// <param name="forecast">Receives the forecasts of origin+1, origin+2, …, in original units, [horizon].</param>
    /// <exception cref="ArgumentOutOfRangeException">The origin is not a row of the series.</exception>
    public static void LastValue(ReadOnlySpan<double> series, int origin, Span<double> forecast)
    {
        CheckOrigin(series, origin);
        forecast.Fill(series[origin]);
    }

    /// <summary>Repeats the last known season: f_{origin+k} = y_{origin+k−m·⌈k/m⌉}.</summary>
    /// <param name="series">The target, oldest row first, original units; rows after the origin are not read.</param>
    /// <param name="origin">The last known row.</param>
    /// <param name="seasonality">m, the steps of one season; 1 makes this the forecast of the last value.</param>
    /// <param name="forecast">
    /// Receives the forecasts of the rows origin+1, origin+2, …, in original units, [horizon]; NaN where the row to
    /// repeat lies before the start of the series.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The origin is not a row of the series, or the seasonality is below 1.
    /// </exception>
    public static void SeasonalNaive(ReadOnlySpan<double> series, int origin, int seasonality, Span<double> forecast)
    {
        CheckOrigin(series, origin);
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        for (int k = 1; k <= forecast.Length; k++)
        {
            int seasonsBack = ((k - 1) / seasonality) + 1;
            long row = origin + k - ((long)seasonality * seasonsBack);
            forecast[k - 1] = row >= 0 ? series[(int)row] : double.NaN;
        }
    }

    /// <summary>Goes on with the average step of the whole past: f_{origin+k} = y_origin + k·(y_origin − y_0) / origin.</summary>
    /// <param name="series">The target, oldest row first, original units; rows after the origin are not read.</param>
    /// <param name="origin">The last known row; from row 0 there is no step to go on with, and its value is repeated.</param>
    /// <param name="forecast">Receives the forecasts of origin+1, origin+2, …, in original units, [horizon].</param>
    /// <exception cref="ArgumentOutOfRangeException">The origin is not a row of the series.</exception>
    public static void Drift(ReadOnlySpan<double> series, int origin, Span<double> forecast)
    {
        CheckOrigin(series, origin);
        double step = origin == 0 ? 0 : (series[origin] - series[0]) / origin;
        for (int k = 1; k <= forecast.Length; k++)
            forecast[k - 1] = series[origin] + (k * step);
    }

    /// <summary>Repeats the mean of the last season: f_{origin+k} = (y_{origin−m+1} + … + y_origin) / m.</summary>
    /// <param name="series">The target, oldest row first, original units; rows after the origin are not read.</param>
    /// <param name="origin">The last known row.</param>
    /// <param name="seasonality">m, the steps of one season; the mean is that of all known rows where they are fewer.</param>
    /// <param name="forecast">Receives the forecasts of origin+1, origin+2, …, in original units, [horizon].</param>
    /// <exception cref="ArgumentOutOfRangeException">The origin is not a row of the series, or the seasonality is below 1.</exception>
    public static void SeasonMean(ReadOnlySpan<double> series, int origin, int seasonality, Span<double> forecast)
    {
        CheckOrigin(series, origin);
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        int first = Math.Max(0, origin - seasonality + 1);
        double sum = 0;
        foreach (double value in series[first..(origin + 1)])
            sum += value;
        forecast.Fill(sum / (origin + 1 - first));
    }

    private static void CheckOrigin(ReadOnlySpan<double> series, int origin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(origin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(origin, series.Length);
    }
}
