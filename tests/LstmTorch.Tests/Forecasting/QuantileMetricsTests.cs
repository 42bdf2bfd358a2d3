using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Forecasting;

public sealed class QuantileMetricsTests
{
    /// <summary>
    /// By hand: quantiles 0.1, 0.5, 0.9 of two values. Of 3: 1, 2, 5, so that 0.2, 0.5, 0.2 are lost; of -6: -8, -6, -4, so that 0.2, 0, 0.2 are.
    /// </summary>
    [Fact]
    public void Of_TwoValues_IsTheSumByHand()
    {
        QuantileMetrics metrics = QuantileMetrics.Of([Row(3, 1, 2, 5), Row(-6, -8, -6, -4), Row(null, 0, 0, 0)])!;

        Assert.Equal(1.3 / 6, metrics.Pinball, 1e-12);
        Assert.Equal(2 * 1.3 / 6, metrics.Crps, 1e-12);
        Assert.Equal((0.4 + 0.5 + 0.4) * 2 / 3 / 9, metrics.Wql!.Value, 1e-12);
        Assert.Equal([0.1, 0.5, 0.9], metrics.Each.Select(quantile => quantile.Share));

        // A value on its quantile counts as below it.
        Assert.Equal([0, 0.5, 1], metrics.Each.Select(quantile => quantile.Observed));
        Assert.Equal([0.2, 0.25, 0.2], metrics.Each.Select(quantile => Math.Round(quantile.Pinball, 12)));
        Assert.Equal(new IntervalMetrics(0.8, 1, 4), metrics.Intervals.Single());
    }

    [Fact]
    public void Of_ZerosAlone_HasNoWeightedLoss() => Assert.Null(QuantileMetrics.Of([Row(0, -1, 1, 2)])!.Wql);

    [Fact]
    public void Of_NoValuesOrNoQuantiles_IsNothing()
    {
        Assert.Null(QuantileMetrics.Of([]));
        Assert.Null(QuantileMetrics.Of([Row(null, 1, 2, 3)]));
        Assert.Null(QuantileMetrics.Of([new PredictionRow("", "0", "1", 1, "y", 1, 2)]));
    }

    /// <summary>The closed form for a normal distribution, y (2Φ(y) − 1) + 2φ(y) − 1/√π (Gneiting and Raftery, 2007, section 4.2), at y = 0.5.</summary>
    [Fact]
    public void Crps_OfManyEvenQuantiles_ComesNearTheClosedForm()
    {
        const double crps = 0.3314035314;
        double[] shares = [.. Enumerable.Range(0, 200).Select(n => (n + 0.5) / 200)];
        PredictionRow row = new("", "0", "1", 1, "y", 0.5, 0) { Quantiles = [.. shares.Select(share => new ForecastQuantile(share, StandardQuantiles.Normal(share)))] };

        // The midpoint rule of 200 pieces under a kink: 1e-4.
        Assert.Equal(crps, QuantileMetrics.Of([row])!.Crps, 2e-4);
    }

    private static PredictionRow Row(double? actual, double low, double median, double high) =>
        new("", "0", "1", 1, "y", actual, median) { Quantiles = [new(0.1, low), new(0.5, median), new(0.9, high)] };
}
