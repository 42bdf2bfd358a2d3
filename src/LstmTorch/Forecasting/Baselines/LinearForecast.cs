using LstmTorch.Data;

namespace LstmTorch.Forecasting.Baselines;

/// <summary>
/// A linear map of the window, fitted in closed form to the windows of the training rows of all series:
/// f_k = y_o + Σ_j w_kj·(y_{o−j} − y_o) + b_k, with o the origin.
/// </summary>
/// <remarks>
/// Least squares in float64 with a ridge on w (not on b), whose strength is the one out of six that forecasts the last fifth of the
/// training rows best after a fit to the others; the weights are then fitted to all of them. Large and small series count alike: the
/// windows of each are divided by the root mean square of its one-step differences in the training rows, and b counts in that unit.
/// The window is the model's, of the target alone, or its last 512 steps where it is longer.
/// Source: Zeng, Chen, Zhang and Xu, "Are Transformers Effective for Time Series Forecasting?", AAAI 2023, the model NLinear.
/// </remarks>
public sealed class LinearForecast
{
    private const int LongestContext = 512;

    // Relative to the mean variance of the inputs.
    private static readonly double[] s_ridges = [1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1];

    private readonly double[][] _weights;
    private readonly double[] _biases;
    private readonly double[] _scales;

    private LinearForecast(double[][] weights, double[] biases, double[] scales)
    {
        _weights = weights;
        _biases = biases;
        _scales = scales;
    }

    /// <summary>Fits to one target.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="trainingRows">For each series, the row after its last training row; rows from there on are not read.</param>
    /// <param name="target">The column.</param>
    /// <param name="contextLength">Past steps of a window.</param>
    /// <param name="horizon">Future steps of a window.</param>
    /// <returns>Null where the training rows have no window.</returns>
    public static LinearForecast? Fit(TimeSeriesSet set, IReadOnlyList<int> trainingRows, string target, int contextLength, int horizon)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(trainingRows);
        int context = Math.Min(contextLength, LongestContext);
        double[][] measured = [.. set.Series.Select((series, s) => series.Measured(target, trainingRows[s]).ToArray())];
        double[] scales = [.. measured.Select(Scale)];
        double[]?[] columns = [.. set.Series.Select((series, s) => scales[s] == 0 ? null : Scaled(series.Column(target)[..trainingRows[s]], Mean(measured[s]), scales[s]))];
        ChronologicalSplit[] splits = [.. trainingRows.Select(rows => new ChronologicalSplit(rows - (rows / 5), rows, rows))];
        WindowMoments Moments(IReadOnlyList<ChronologicalSplit> of, Part part) =>
            WindowMoments.Of(columns, WindowIndex.Of(set, of, part, context, horizon, whole: true), horizon);
        WindowMoments all = Moments([.. trainingRows.Select(ChronologicalSplit.Whole)], Part.Train);
        if (all.Windows == 0)
            return null;

        WindowMoments first = Moments(splits, Part.Train), last = Moments(splits, Part.Validation);
        double ridge = first.Windows == 0 || last.Windows == 0
            ? s_ridges[^1]
            : s_ridges.MinBy(candidate => RidgeRegression.Fit(first, context, horizon, candidate).MeanSquaredError(last));
        var chosen = RidgeRegression.Fit(all, context, horizon, ridge);
        return new LinearForecast(chosen.Weights, chosen.Biases, scales);
    }

    /// <summary>Forecasts from an origin; before it there must be a whole window.</summary>
    /// <param name="series">The target, oldest row first, original units; rows after the origin are not read.</param>
    /// <param name="number">The place of the series in the data that it was fitted to.</param>
    /// <param name="origin">The last known row.</param>
    /// <param name="forecast">Receives the forecasts of origin+1, origin+2, …, in original units, [horizon].</param>
    public void Forecast(ReadOnlySpan<double> series, int number, int origin, Span<double> forecast)
    {
        double last = series[origin];
        int past = _weights[0].Length;
        Span<double> window = past <= LongestContext ? stackalloc double[past] : new double[past];
        for (int place = 0; place < past; place++)
            window[place] = series[origin - past + place] - last;
        for (int k = 0; k < forecast.Length; k++)
            forecast[k] = last + VectorMath.Dot(_weights[k], window) + (_biases[k] * _scales[number]);
    }

    /// <summary>The root mean square of the one-step differences; 0 of a flat series, or of one without two rows.</summary>
    private static double Scale(double[] measured)
    {
        double[] squares = [.. measured.Zip(measured.Skip(1), (one, next) => (next - one) * (next - one)).Where(double.IsFinite)];
        return squares.Length == 0 ? 0 : Math.Sqrt(squares.Average());
    }

    private static double Mean(double[] measured) => measured.Where(double.IsFinite).Average();

    private static double[] Scaled(ReadOnlySpan<double> column, double mean, double scale)
    {
        double[] scaled = new double[column.Length];
        for (int row = 0; row < scaled.Length; row++)
            scaled[row] = (column[row] - mean) / scale;
        return scaled;
    }
}
