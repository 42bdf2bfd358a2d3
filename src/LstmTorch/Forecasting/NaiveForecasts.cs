namespace LstmTorch.Forecasting;

/// <summary>The forecasts that need no model. A model is worth its training only where it beats them.</summary>
/// <remarks>
/// Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
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

    private static void CheckOrigin(ReadOnlySpan<double> series, int origin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(origin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(origin, series.Length);
    }
}
