namespace LstmTorch.Forecasting.Baselines;

/// <summary>The Theta forecast of one series: exponential smoothing with half of the trend as drift, on the series without its season.</summary>
/// <remarks>
/// <code>
/// x_t = y_t without its season, see <see cref="SeasonalIndices"/>
/// f_k = ℓ_n + b/2 · (k − 1 + (1 − (1 − α)^n) / α)     then the season again
/// </code>
/// with ℓ_n and α of <see cref="ExponentialSmoothing"/> and b the slope of the least-squares line through x_1 … x_n.
/// Sources: Assimakopoulos and Nikolopoulos, "The theta model", International Journal of Forecasting 16 (2000); Hyndman and
/// Billah, "Unmasking the Theta method", International Journal of Forecasting 19 (2003), equation 6, for this form of it.
/// </remarks>
public sealed class ThetaForecast
{
    /// <summary>Fewer rows say nothing of a trend; their last value is repeated.</summary>
    private const int FewestRows = 4;

    private readonly SeasonalIndices _indices;
    private ExponentialSmoothing _smoothing;
    private long _rows;
    private double _sum;
    private double _sumWithTime;

    private ThetaForecast(SeasonalIndices indices) => _indices = indices;

    /// <summary>Fits to all that is known.</summary>
    /// <param name="rows">The series, oldest row first, in original units; at least one row.</param>
    /// <param name="seasonality">m, the steps of one season; 1 where there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no rows, or the seasonality is below 1.</exception>
    public static ThetaForecast Fit(ReadOnlySpan<double> rows, int seasonality)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Length, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        var theta = new ThetaForecast(SeasonalIndices.Of(rows, seasonality));
        double[] plain = new double[rows.Length];
        for (int row = 0; row < plain.Length; row++)
        {
            plain[row] = theta._indices.Remove(rows[row], row);
            theta.Count(plain[row]);
        }

        theta._smoothing = rows.Length < FewestRows ? new ExponentialSmoothing(1, plain[^1]) : ExponentialSmoothing.Fit(plain);
        return theta;
    }

    /// <summary>Takes the next row, with the season and α as they are.</summary>
    /// <param name="value">In original units.</param>
    public void Observe(double value)
    {
        double plain = _indices.Remove(value, _rows);
        _smoothing = _smoothing.After(plain);
        Count(plain);
    }

    /// <summary>Forecasts what follows the last row.</summary>
    /// <param name="forecast">Receives the forecasts, in original units, [horizon].</param>
    public void Forecast(Span<double> forecast)
    {
        double alpha = _smoothing.Alpha, drift = _rows < FewestRows ? 0 : Slope() / 2;
        double start = (1 - Math.Pow(1 - alpha, _rows)) / alpha;
        for (int k = 1; k <= forecast.Length; k++)
            forecast[k - 1] = _indices.Restore(_smoothing.Level + (drift * (k - 1 + start)), _rows + k - 1);
    }

    private void Count(double plain)
    {
        _rows++;
        _sum += plain;
        _sumWithTime += _rows * plain;
    }

    /// <summary>Of the line through (1, x_1) … (n, x_n): Σ (t − t̄)·x_t / Σ (t − t̄)².</summary>
    private double Slope()
    {
        double n = _rows;
        return (_sumWithTime - ((n + 1) / 2 * _sum)) / (n * ((n * n) - 1) / 12);
    }
}
