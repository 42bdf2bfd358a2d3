namespace LstmTorch.Explaining;

/// <summary>What each value that the model saw of some windows adds to the forecast of one target, in units of the target.</summary>
/// <param name="Past">Of the contexts, [windows, context length, inputs].</param>
/// <param name="Ahead">Of what is known in advance, [windows, horizon, covariates].</param>
/// <param name="Forecasts">The forecast that is explained, [windows].</param>
/// <param name="BaselineForecasts">The forecast of the baseline, [windows].</param>
internal sealed record WindowAttributions(double[] Past, double[] Ahead, double[] Forecasts, double[] BaselineForecasts)
{
    /// <summary>The sum of all attributions of a window; but for the error of the quadrature, forecast less the baseline's.</summary>
    public double Sum(int window) => Of(Past, window).Sum() + Of(Ahead, window).Sum();

    private IEnumerable<double> Of(double[] values, int window) =>
        values.Skip(window * (values.Length / Forecasts.Length)).Take(values.Length / Forecasts.Length);
}
