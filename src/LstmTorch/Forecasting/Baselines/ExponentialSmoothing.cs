namespace LstmTorch.Forecasting.Baselines;

/// <summary>Simple exponential smoothing: ℓ_t = α·y_t + (1 − α)·ℓ_{t−1}; the forecast of y_{t+1} is ℓ_t.</summary>
/// <remarks>
/// α in [0.0001, 0.9999] and ℓ_0 have the least sum of squared one-step errors. For each α the best ℓ_0 is known in closed form,
/// because the errors are linear in it; the best α is found by a coarse grid and a golden-section search around its best point.
/// Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 8.1.
/// </remarks>
/// <param name="Alpha">α, dimensionless.</param>
/// <param name="Level">ℓ after the last row, in units of the series.</param>
internal readonly record struct ExponentialSmoothing(double Alpha, double Level)
{
    private const double Smallest = 1e-4, Largest = 1 - 1e-4;
    private const int GridSteps = 10, SearchSteps = 16;

    private static readonly double s_goldenRatio = (Math.Sqrt(5) - 1) / 2;

    /// <summary>Fits to some rows.</summary>
    /// <param name="rows">The series, oldest row first; at least one.</param>
    public static ExponentialSmoothing Fit(ReadOnlySpan<double> rows)
    {
        double best = Smallest, least = double.PositiveInfinity;
        const double step = (Largest - Smallest) / GridSteps;
        for (int n = 0; n <= GridSteps; n++)
        {
            double alpha = Smallest + (n * step), error = Smooth(rows, alpha).SquaredErrors;
            if (error < least)
                (best, least) = (alpha, error);
        }

        double from = Math.Max(Smallest, best - step), to = Math.Min(Largest, best + step);
        for (int n = 0; n < SearchSteps; n++)
        {
            double left = to - (s_goldenRatio * (to - from)), right = from + (s_goldenRatio * (to - from));
            if (Smooth(rows, left).SquaredErrors < Smooth(rows, right).SquaredErrors)
                to = right;
            else
                from = left;
        }

        double middle = (from + to) / 2;
        double found = Smooth(rows, middle).SquaredErrors < least ? middle : best;
        return new ExponentialSmoothing(found, Smooth(rows, found).Level);
    }

    /// <summary>Takes one row more.</summary>
    public ExponentialSmoothing After(double value) => this with { Level = Level + (Alpha * (value - Level)) };

    /// <summary>Smooths from the best ℓ_0.</summary>
    private static (double SquaredErrors, double Level) Smooth(ReadOnlySpan<double> rows, double alpha)
    {
        // With ℓ_0 = y_1 + δ each error is e_t − δ·(1 − α)^{t−1}.
        double level = rows[0], weight = 1, squares = 0, products = 0, weights = 0;
        foreach (double value in rows)
        {
            double error = value - level;
            squares += error * error;
            products += error * weight;
            weights += weight * weight;
            level += alpha * error;
            weight *= 1 - alpha;
        }

        double shift = products / weights;
        return (squares - (shift * products), level + (weight * shift));
    }
}
