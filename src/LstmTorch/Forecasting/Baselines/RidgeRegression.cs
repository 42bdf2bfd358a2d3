namespace LstmTorch.Forecasting.Baselines;

/// <summary>Least squares with a ridge: the futures of windows from their pasts, both as distances from the last known value.</summary>
/// <param name="Weights">[horizon][context length − 1], the oldest step first.</param>
/// <param name="Biases">[horizon].</param>
internal sealed record RidgeRegression(double[][] Weights, double[] Biases)
{
    /// <summary>Solves (C + λ·I)·w = c for each step, with C and c the covariances of the past with itself and with the step.</summary>
    /// <param name="moments">The windows.</param>
    /// <param name="context">Their past steps, the last known one included.</param>
    /// <param name="horizon">Their future steps.</param>
    /// <param name="ridge">λ, as a share of the mean of C's diagonal.</param>
    public static RidgeRegression Fit(WindowMoments moments, int context, int horizon, double ridge)
    {
        int past = context - 1;
        double[][] factor = [.. Enumerable.Range(0, past).Select(row => Enumerable.Range(0, row + 1).Select(column => moments.Covariance(row, column)).ToArray())];
        double strength = past == 0 ? 0 : ridge * factor.Select((row, n) => row[n]).Average();
        foreach (double[] row in factor)
            row[^1] += strength;

        // Of windows that never change there is nothing to learn.
        bool solvable = strength > 0 && Factorize(factor);
        double[][] weights = [.. Enumerable.Range(context, horizon).Select(step =>
            solvable ? Solve(factor, [.. Enumerable.Range(0, past).Select(place => moments.Covariance(place, step))]) : new double[past])];
        double[] means = [.. Enumerable.Range(0, past).Select(moments.Mean)];
        return new RidgeRegression(weights, [.. weights.Select((of, k) => moments.Mean(context + k) - VectorMath.Dot(of, means))]);
    }

    /// <summary>The mean of the squared errors of all steps on other windows.</summary>
    public double MeanSquaredError(WindowMoments moments)
    {
        int horizon = Weights.Length, past = Weights[0].Length, context = past + 1;
        double[][] products = [.. Enumerable.Range(0, past).Select(row => Enumerable.Range(0, past).Select(column => moments.MeanProduct(row, column)).ToArray())];
        double[] means = [.. Enumerable.Range(0, past).Select(moments.Mean)];
        double sum = 0;
        for (int k = 0; k < horizon; k++)
        {
            double[] weights = Weights[k], withStep = [.. Enumerable.Range(0, past).Select(place => moments.MeanProduct(place, context + k))];
            double ofWeights = 0;
            for (int row = 0; row < past; row++)
                ofWeights += weights[row] * VectorMath.Dot(products[row], weights);
            sum += moments.MeanProduct(context + k, context + k) - (2 * VectorMath.Dot(weights, withStep)) + ofWeights
                + (2 * Biases[k] * (VectorMath.Dot(weights, means) - moments.Mean(context + k))) + (Biases[k] * Biases[k]);
        }

        return sum / horizon;
    }

    /// <summary>Cholesky's lower triangle in place of a symmetric matrix's; false where it is not positive definite.</summary>
    private static bool Factorize(double[][] rows)
    {
        for (int n = 0; n < rows.Length; n++)
        {
            for (int column = 0; column < n; column++)
                rows[n][column] = (rows[n][column] - VectorMath.Dot(rows[n].AsSpan(0, column), rows[column])) / rows[column][column];
            double square = rows[n][n] - VectorMath.Dot(rows[n].AsSpan(0, n), rows[n]);
            if (!(square > 0))
                return false;
            rows[n][n] = Math.Sqrt(square);
        }

        return true;
    }

    private static double[] Solve(double[][] factor, double[] right)
    {
        for (int n = 0; n < right.Length; n++)
            right[n] = (right[n] - VectorMath.Dot(factor[n].AsSpan(0, n), right)) / factor[n][n];
        for (int n = right.Length - 1; n >= 0; n--)
        {
            right[n] /= factor[n][n];
            for (int row = 0; row < n; row++)
                right[row] -= factor[n][row] * right[n];
        }

        return right;
    }
}
