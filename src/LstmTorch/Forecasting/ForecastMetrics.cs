namespace LstmTorch.Forecasting;

/// <summary>
/// How far forecasts lie from the values that came true. A metric that cannot be computed is null: all of them where
/// there are no values, or where a value or forecast is not finite.
/// </summary>
/// <remarks>
/// <code>
/// with e = y − f for each of n pairs of an actual value y and its forecast f:
/// mae   = mean |e|                          units of the target
/// mse   = mean e²                           units of the target, squared
/// rmse  = √mse                              units of the target
/// mape  = mean 100·|e| / |y|                percent; null if any y is 0
/// smape = mean 200·|e| / (|y| + |f|)        percent, from 0 to 200; a pair of zeros counts as 0
/// mase  = mae / s                           dimensionless; below 1 beats the seasonal naive forecast in-sample
/// r2    = 1 − Σe² / Σ(y − mean y)²          dimensionless; null if all y are equal
/// </code>
/// s is <see cref="InSampleSeasonalError(ReadOnlySpan{double}, int)"/>; mase is null where s is null or 0.
/// Sources: Hyndman and Koehler, "Another look at measures of forecast accuracy", International Journal of
/// Forecasting 22 (2006), for mape and mase; Makridakis and Hibon, "The M3-Competition", International Journal of
/// Forecasting 16 (2000), for smape, here with absolute values in the divisor so that it stays within 200.
/// </remarks>
/// <param name="Mae">Mean absolute error, in units of the target.</param>
/// <param name="Rmse">Root of the mean squared error, in units of the target.</param>
/// <param name="Mse">Mean squared error, in units of the target, squared.</param>
/// <param name="Mape">Mean absolute percentage error, in percent.</param>
/// <param name="Smape">Symmetric mean absolute percentage error, in percent, from 0 to 200.</param>
/// <param name="Mase">Mean absolute scaled error, dimensionless.</param>
/// <param name="R2">Coefficient of determination, dimensionless, at most 1.</param>
public sealed record ForecastMetrics(
    double? Mae, double? Rmse, double? Mse, double? Mape, double? Smape, double? Mase, double? R2)
{
    /// <summary>The metrics of no forecast at all: every one is null.</summary>
    public static ForecastMetrics Undefined { get; } = new(null, null, null, null, null, null, null);

    /// <summary>Computes the metrics of one target, pooled over windows, steps and series.</summary>
    /// <param name="actual">The values that came true, in original units, [n].</param>
    /// <param name="forecast">The forecasts of the same steps, in original units, [n].</param>
    /// <param name="inSampleSeasonalError">The scale of mase, in original units; null where there is none.</param>
    /// <exception cref="ArgumentException">The two spans differ in length.</exception>
    public static ForecastMetrics Of(
        ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double? inSampleSeasonalError)
    {
        if (actual.Length != forecast.Length)
        {
            throw new ArgumentException(
                $"{forecast.Length} forecasts for {actual.Length} actual values", nameof(forecast));
        }

        double absolute = 0, squared = 0, relative = 0, symmetric = 0, sum = 0;
        for (int n = 0; n < actual.Length; n++)
        {
            double y = actual[n], f = forecast[n], error = Math.Abs(y - f);
            absolute += error;
            squared += error * error;
            relative += error / Math.Abs(y);
            symmetric += error == 0 ? 0 : error / (Math.Abs(y) + Math.Abs(f));
            sum += y;
        }

        // The error of an infinite value or a NaN is infinite or NaN, and so is then the sum.
        if (actual.Length == 0 || !double.IsFinite(absolute))
            return Undefined;

        double count = actual.Length;
        double mae = absolute / count, mse = squared / count;
        return new ForecastMetrics(
            mae,
            Finite(Math.Sqrt(mse)),
            Finite(mse),
            Finite(100 * relative / count),
            200 * symmetric / count,
            inSampleSeasonalError is { } scale ? Finite(mae / scale) : null,
            actual.ContainsAnyExcept(actual[0]) ? Finite(1 - (squared / SquaresAround(sum / count, actual))) : null);
    }

    /// <summary>Averages each metric over several targets.</summary>
    /// <remarks>
    /// A plain mean: of targets in different units, the largest rules mae, rmse and mse, and the mean rmse is not the
    /// root of the mean mse. The metrics of each target say more, and mase and smape are comparable across units.
    /// A metric that is null for one target is null in the mean.
    /// </remarks>
    /// <param name="targets">The metrics of each target.</param>
    public static ForecastMetrics Mean(IReadOnlyList<ForecastMetrics> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return new ForecastMetrics(
            Mean(target => target.Mae),
            Mean(target => target.Rmse),
            Mean(target => target.Mse),
            Mean(target => target.Mape),
            Mean(target => target.Smape),
            Mean(target => target.Mase),
            Mean(target => target.R2));

        double? Mean(Func<ForecastMetrics, double?> metric) =>
            targets.Count > 0 && targets.All(target => metric(target) is not null) ? targets.Average(metric) : null;
    }

    /// <summary>The mean of |y_t − y_{t−m}| over the training rows of one series: the scale of mase.</summary>
    /// <param name="trainingRows">The target in the training rows, oldest first, in original units; NaN where it is not known.</param>
    /// <param name="seasonality">m, the steps of one season; 1 compares neighbours.</param>
    /// <returns>In original units; null where the series has no two rows that are m apart.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The seasonality is below 1.</exception>
    public static double? InSampleSeasonalError(ReadOnlySpan<double> trainingRows, int seasonality)
    {
        (double sum, long count) = SeasonalErrors(trainingRows, seasonality);
        return count > 0 ? Finite(sum / count) : null;
    }

    /// <summary>The mean of |y_t − y_{t−m}| over the training rows of several series, pooled.</summary>
    /// <param name="trainingRows">The target in the training rows of each series, oldest first, original units; NaN where it is not known.</param>
    /// <param name="seasonality">m, the steps of one season; 1 compares neighbours.</param>
    /// <returns>In original units; null where no series has two rows that are m apart.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The seasonality is below 1.</exception>
    public static double? InSampleSeasonalError(IEnumerable<ReadOnlyMemory<double>> trainingRows, int seasonality)
    {
        ArgumentNullException.ThrowIfNull(trainingRows);
        double sum = 0;
        long count = 0;
        foreach (ReadOnlyMemory<double> rows in trainingRows)
        {
            (double sumOfSeries, long countOfSeries) = SeasonalErrors(rows.Span, seasonality);
            sum += sumOfSeries;
            count += countOfSeries;
        }

        return count > 0 ? Finite(sum / count) : null;
    }

    private static (double Sum, long Count) SeasonalErrors(ReadOnlySpan<double> rows, int seasonality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        double sum = 0;
        long count = 0;
        for (int t = seasonality; t < rows.Length; t++)
        {
            double error = Math.Abs(rows[t] - rows[t - seasonality]);
            if (double.IsNaN(error))
                continue;
            sum += error;
            count++;
        }

        return (sum, count);
    }

    private static double SquaresAround(double mean, ReadOnlySpan<double> values)
    {
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);

        return squares;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
