using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>The quantiles of a forecast, held against equations and tables.</summary>
public sealed class ForecastQuantilesTests
{
    // float32 sums of a few dozen terms against float64, of numbers of the order of 100.
    private const double Tolerance = 1e-6;

    private static readonly OutputDistribution[] s_distributions = [OutputDistribution.Quantiles, OutputDistribution.Gaussian, OutputDistribution.StudentT];

    public static TheoryData<OutputDistribution> Distributions => [.. s_distributions];

    public static TheoryData<OutputDistribution, bool> DistributionsAndTransforms =>
        [.. from distribution in s_distributions from isTransformed in (bool[])[false, true] select (distribution, isTransformed)];

    /// <summary>By the equations in float64, and the tabulated quantiles of the standard distributions for 0.1, 0.5 and 0.9.</summary>
    [Theory]
    [MemberData(nameof(DistributionsAndTransforms))]
    public void ForecastQuantiles_AreThoseOfTheEquations(OutputDistribution distribution, bool isTransformed)
    {
        ModelFile model = Models.WithQuantiles(isTransformed ? Models.Transformed(Peephole.Full) : Models.Config(Peephole.Full), distribution);
        double[] windows = Models.Windows(model.Config, 5), expected = Models.Quantiles(model, windows), actual = Quantiles(model, windows);

        Assert.Equal(5 * 2 * 2 * 3, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Tolerance * Math.Max(1, Math.Abs(pair.First))));
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Forecast_IsTheMedianToTheBit(OutputDistribution distribution)
    {
        ModelFile model = Models.WithQuantiles(Models.Config(Peephole.Full), distribution);
        var forecaster = new Forecaster(model);
        double[] windows = Models.Windows(model.Config, 4), forecasts = new double[4 * forecaster.ForecastSize];
        forecaster.Forecast(windows, forecasts);

        Assert.Equal([.. Quantiles(model, windows).Where((_, n) => n % 3 == 1)], forecasts);
    }

    /// <summary>Random outputs cross all the time: half of these would, if they were not sorted.</summary>
    [Theory]
    [MemberData(nameof(Distributions))]
    public void ForecastQuantiles_NeverCross(OutputDistribution distribution)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            ModelFile model = Models.WithQuantiles(Models.Transformed(Peephole.None), distribution, seed);
            double[] quantiles = Quantiles(model, Models.Windows(model.Config, 10, seed));
            for (int n = 0; n < quantiles.Length; n += 3)
                Assert.True(quantiles[n] <= quantiles[n + 1] && quantiles[n + 1] <= quantiles[n + 2]);
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void ForecastQuantiles_OfAnEnsemble_AreTheMeansOfItsMembers(OutputDistribution distribution)
    {
        ModelFile[] members = [.. Enumerable.Range(1, 3).Select(seed => Models.WithQuantiles(Models.Config(Peephole.Full), distribution, seed))];
        double[] windows = Models.Windows(members[0].Config, 2), together = Quantiles(ModelFile.Ensemble(members), windows);
        double[][] each = [.. members.Select(member => Quantiles(member, windows))];

        for (int n = 0; n < together.Length; n++)
            Assert.Equal(each.Average(quantiles => quantiles[n]), together[n], 1e-9);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void ForecastQuantiles_OfASizeThatWasThereBefore_AllocateNothing(OutputDistribution distribution)
    {
        ModelFile member = Models.WithQuantiles(Models.Config(Peephole.Full), distribution);
        var forecaster = new Forecaster(ModelFile.Ensemble([member, member]));
        float[] windows = [.. Models.Windows(member.Config, 5).Select(value => (float)value)], quantiles = new float[5 * forecaster.QuantilesSize];
        forecaster.ForecastQuantiles(windows, quantiles, threads: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
            forecaster.ForecastQuantiles(windows, quantiles, threads: 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Stream_HasTheQuantilesOfItsWindow(OutputDistribution distribution)
    {
        ModelFile model = Models.WithQuantiles(Models.Config(Peephole.Full), distribution);
        ModelFile ensemble = ModelFile.Ensemble([model, Models.WithQuantiles(model.Config, distribution, 7)]);
        double[] window = Models.Windows(model.Config, 1), actual = new double[12];
        StreamingForecaster stream = new Forecaster(ensemble).Stream();
        for (int row = 0; row < model.Config.ContextLength; row++)
            stream.Observe(window.AsSpan(row * 3, 3));
        stream.ForecastQuantiles(actual);

        Assert.All(Quantiles(ensemble, window).Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
    }

    [Fact]
    public void ForecastQuantiles_OfAModelWithoutThem_AreRefused()
    {
        var forecaster = new Forecaster(Models.Random(Models.Config(Peephole.None)));
        Assert.Equal(0, forecaster.QuantilesSize);
        Refusal.Of(ErrorKind.Usage, "no quantiles; train it with --loss quantile", () => forecaster.ForecastQuantiles(new float[21], new float[12]));
        Refusal.Of(ErrorKind.Usage, "no quantiles; train it with --loss quantile", () => forecaster.Stream().ForecastQuantiles(new float[12]));
    }

    [Fact]
    public void ForecastQuantiles_IntoTooLittleRoom_AreRefused()
    {
        var forecaster = new Forecaster(Models.WithQuantiles(Models.Config(Peephole.None), OutputDistribution.Gaussian));
        Refusal.Of(ErrorKind.Usage, "room for 4 values, but the forecasts of 1 windows take 12: 2 steps of 2 targets each, with 3 quantiles", () => forecaster.ForecastQuantiles(new float[21], new float[4]));
        StreamingForecaster stream = forecaster.Stream();
        stream.Observe([1f, 2, 3]);
        Refusal.Of(ErrorKind.Usage, "room for 4 values, but a forecast takes 12", () => stream.ForecastQuantiles(new float[4]));
    }

    private static double[] Quantiles(ModelFile model, double[] windows)
    {
        var forecaster = new Forecaster(model);
        double[] quantiles = new double[windows.Length / forecaster.WindowSize * forecaster.QuantilesSize];
        forecaster.ForecastQuantiles(windows, quantiles);
        return quantiles;
    }
}
