using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Explaining;

/// <summary>
/// What each value of a window adds to its forecast, by integrated gradients (Sundararajan, Taly and Yan, "Axiomatic Attribution for
/// Deep Networks", 2017, equation 1), along the straight line from a baseline b to the window x on the network's scale:
/// <code>
/// attribution = (x − b) ⊙ 1/m · Σ_p ∇F(b + (p − ½)/m · (x − b)),   p = 1 … m
/// </code>
/// F is the forecast in original units. The midpoint rule errs by 1/m²; the exact integrals sum to F(x) − F(b) (their proposition 1).
/// </summary>
/// <param name="forecaster">F.</param>
/// <param name="options">Points and steps.</param>
internal sealed class IntegratedGradients(PointForecaster forecaster, ExplainOptions options)
{
    private readonly ForecasterConfig _config = forecaster.Config;
    private readonly double[] _weights = options.StepWeights(forecaster.Config.Horizon);

    /// <summary>The attributions of every window.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="baseline">The row that each consists of where it says nothing, [windows, inputs], scaled.</param>
    /// <param name="target">The target that is forecast.</param>
    /// <param name="progress">Gets the share that is done.</param>
    public WindowAttributions Of(ExplainedWindows windows, float[] baseline, int target, Action<double>? progress = null)
    {
        int inputs = _config.Inputs.Count, covariates = _config.FutureCovariates.Count;
        int past = _config.ContextLength * inputs, ahead = _config.Horizon * covariates;
        int[] columns = [.. _config.FutureCovariates.Select(covariate => _config.Inputs.ToList().IndexOf(covariate))];
        float[] from = new float[windows.Contexts.Length], fromKnown = new float[windows.Known.Length];
        for (int n = 0; n < from.Length; n++)
            from[n] = baseline[(n / past * inputs) + (n % inputs)];
        for (int n = 0; n < fromKnown.Length; n++)
            fromKnown[n] = baseline[(n / ahead * inputs) + columns[n % covariates]];

        double[] pastSums = new double[from.Length], aheadSums = new double[fromKnown.Length];
        long pairs = (long)windows.Count * options.Points;
        for (long start = 0; start < pairs; start += PointForecaster.BatchSize)
        {
            int count = (int)Math.Min(PointForecaster.BatchSize, pairs - start);
            int WindowOf(int row) => (int)((start + row) / options.Points);
            float[] x = new float[count * past], u = new float[count * ahead];
            for (int row = 0; row < count; row++)
            {
                float share = (float)((((start + row) % options.Points) + 0.5) / options.Points);
                Between(from, windows.Contexts, WindowOf(row) * past, share, x.AsSpan(row * past, past));
                Between(fromKnown, windows.Known, WindowOf(row) * ahead, share, u.AsSpan(row * ahead, ahead));
            }

            foreach (LstmForecaster network in forecaster.Networks)
            {
                var (dx, du) = Gradients(network, x, u, row => windows.TargetScalers[WindowOf(row)][target], target);
                for (int n = 0; n < dx.Length; n++)
                    pastSums[(WindowOf(n / past) * past) + (n % past)] += dx[n];
                for (int n = 0; n < du.Length; n++)
                    aheadSums[(WindowOf(n / ahead) * ahead) + (n % ahead)] += du[n];
            }

            progress?.Invoke((double)(start + count) / pairs);
        }

        double each = 1.0 / options.Points / forecaster.Networks.Count;
        return new WindowAttributions(
            Times(pastSums, windows.Contexts, from, each),
            Times(aheadSums, windows.Known, fromKnown, each),
            Explained(windows, windows.Contexts, windows.Known, target),
            Explained(windows, from, fromKnown, target));
    }

    private (double[] Past, double[] Ahead) Gradients(LstmForecaster network, float[] contexts, float[] known, Func<int, ColumnScaler> scalerOf, int target)
    {
        using var scope = NewDisposeScope();
        Tensor x = forecaster.Contexts(contexts).requires_grad_();
        Tensor? u = forecaster.Known(known)?.requires_grad_();
        Tensor output = forecaster.Of(network, x, u);

        // The chain rule's last link, from the network's scale to original units, in float64: scales are no tensor operations.
        double[] scaled = PointForecaster.Read(output);
        float[] weights = new float[scaled.Length];
        int targets = _config.Targets.Count, size = forecaster.ForecastSize;
        for (int n = target; n < weights.Length; n += targets)
            weights[n] = (float)(_weights[n % size / targets] * scalerOf(n / size).SlopeAt(scaled[n]));
        Tensor outer = tensor(weights, device: output.device).view(output.shape);
        IList<Tensor> found = autograd.grad([output], u is null ? [x] : [x, u], [outer]);
        FusedLstmFunction.ThrowPending();
        return (PointForecaster.Read(found[0]), u is null ? [] : PointForecaster.Read(found[1]));
    }

    private double[] Explained(ExplainedWindows windows, float[] contexts, float[] known, int target)
    {
        double[] forecasts = forecaster.Forecast(contexts, known, windows.TargetScalers);
        return
        [
            .. Enumerable.Range(0, windows.Count).Select(window => _weights.Select((weight, step) =>
                weight * forecasts[(window * forecaster.ForecastSize) + (step * _config.Targets.Count) + target]).Sum()),
        ];
    }

    private static void Between(float[] from, float[] to, int start, float share, Span<float> point)
    {
        for (int n = 0; n < point.Length; n++)
            point[n] = from[start + n] + (share * (to[start + n] - from[start + n]));
    }

    private static double[] Times(double[] sums, float[] to, float[] from, double each)
    {
        double[] attributions = new double[sums.Length];
        for (int n = 0; n < sums.Length; n++)
            attributions[n] = sums[n] * each * ((double)to[n] - from[n]);
        return attributions;
    }
}
