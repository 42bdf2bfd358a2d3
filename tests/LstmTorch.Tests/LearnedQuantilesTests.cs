using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests;

/// <summary>What is learned of values whose distribution is known.</summary>
public sealed class LearnedQuantilesTests
{
    private const int Rows = 6000;

    // Values 1 + noise where the switch before was 0, and 5 + 3 · noise where it was 1.
    private static readonly double[] s_locations = [1, 5], s_scales = [1, 3];

    private static RunOptions Options { get; } = new()
    {
        Target = ["y"],
        Inputs = ["switch"],
        ContextLength = 1,
        HiddenSize = [8],
        Peephole = PeepholeKind.None,
        Dropout = 0,
        Scaler = ScalerKind.Standard,
        BatchSize = 128,
        Epochs = 25,
        LearningRate = 0.01,
        Schedule = LearningRateSchedule.Cosine,
        Threads = 1,
    };

    /// <remarks>
    /// The standard error of the quantile q of n values of the density f is √(q (1 − q) / n) / f (Cramér, 1946): some 0.04 scales for the
    /// 2 100 training rows of each case and 0.1. Four of them, and as much again for training that has not quite come to its end.
    /// </remarks>
    [Theory]
    [InlineData(ForecastLoss.Quantile, false, 1.2815515655446)]
    [InlineData(ForecastLoss.Gaussian, false, 1.2815515655446)]
    [InlineData(ForecastLoss.StudentT, false, 1.2815515655446)]
    [InlineData(ForecastLoss.Quantile, true, 1.63774435369621)]
    [InlineData(ForecastLoss.StudentT, true, 1.63774435369621)]
    public void Quantiles_OfNoiseThatDependsOnAnInput_AreThoseOfTheNoise(ForecastLoss loss, bool hasHeavyTails, double factor)
    {
        Forecaster model = Train(Series(hasHeavyTails), loss);
        for (int on = 0; on < 2; on++)
        {
            double[] quantiles = new double[3];
            model.ForecastQuantiles([on], quantiles);
            double[] expected = [.. new[] { -factor, 0, factor }.Select(z => s_locations[on] + (s_scales[on] * z))];
            for (int q = 0; q < 3; q++)
                Assert.True(Math.Abs(quantiles[q] - expected[q]) < 0.32 * s_scales[on], $"{loss}, switch {on}: {string.Join(", ", quantiles)} where {string.Join(", ", expected)} are due");
        }
    }

    [Fact]
    public void Train_WithBoxCox_LearnsTheSameShares()
    {
        // exp of normal noise: its quantiles are exp of the noise's, and its median is the forecast.
        TimeSeriesSet noise = Series(hasHeavyTails: false);
        Forecaster model = Train(With(noise, Math.Exp), ForecastLoss.Quantile, TargetTransform.Log);
        double[] quantiles = new double[3];
        model.ForecastQuantiles([0.0], quantiles);

        Assert.All(quantiles.Zip(new[] { 1 - 1.2815515655446, 1, 1 + 1.2815515655446 }), pair => Assert.Equal(pair.Second, Math.Log(pair.First), 0.32));
    }

    private static Forecaster Train(TimeSeriesSet set, ForecastLoss loss, TargetTransform transform = TargetTransform.None) => ModelFit.Train(
        Options with { Loss = loss, Transform = transform }, set, [ChronologicalSplit.Of(Rows, 0.15, 0.15)]);

    private static TimeSeriesSet With(TimeSeriesSet set, Func<double, double> change)
    {
        TimeSeries series = set.Series[0];
        return set with
        {
            Series = [new TimeSeries(string.Empty, series.Time, series.Columns, [series.Column("switch").ToArray(), [.. series.Column("y").ToArray().Select(change)]])],
        };
    }

    private static TimeSeriesSet Series(bool hasHeavyTails)
    {
        var random = new Random(5);
        double[] on = new double[Rows], y = new double[Rows];
        for (int row = 0; row < Rows; row++)
        {
            on[row] = random.Next(2);
            int before = row == 0 ? 0 : (int)on[row - 1];
            y[row] = s_locations[before] + (s_scales[before] * (hasHeavyTails ? StudentT3(random) : Normal(random)));
        }

        return new TimeSeriesSet
        {
            Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(Rows), ["switch", "y"], [on, y])],
            Inputs = ["switch"],
            Targets = ["y"],
            SourceName = "test",
            Sha256 = string.Empty,
        };
    }

    /// <summary>Box and Muller (1958).</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double StudentT3(Random random) =>
        Normal(random) / Math.Sqrt((Math.Pow(Normal(random), 2) + Math.Pow(Normal(random), 2) + Math.Pow(Normal(random), 2)) / 3);
}
