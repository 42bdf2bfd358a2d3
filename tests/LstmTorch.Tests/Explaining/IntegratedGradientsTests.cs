using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

public sealed class IntegratedGradientsTests
{
    private static readonly ForecasterConfig s_config = new()
    {
        Inputs = ["a", "b", "c"],
        Targets = ["a", "b"],
        ContextLength = 6,
        Horizon = 3,
        HiddenSizes = [5, 4],
        InputScalers = [new(0, 1), new(0, 1), new(0, 1)],
        TargetScalers = [new(3, 20), new(-1, 0.5)],
    };

    /// <summary>Of a linear model attributions are weight times distance, at any number of points; the target's scale is 4.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Of_LinearModel_IsWeightTimesDistance(int points)
    {
        using LstmForecaster network = LinearModel.Network();
        var forecaster = new PointForecaster([network], CPU);
        var windows = new ExplainedWindows(LinearModel.Set([1, 3, 5, 2], [14, 10, 22, 18]), LinearModel.Config, [new(0, 2), new(0, 3)]);
        WindowAttributions attributions = new IntegratedGradients(forecaster, new ExplainOptions { Points = points }).Of(windows, [0, 0.5f, 0, 1], 0);

        // y is 1, 0, 3 and then 2 on the scale of the network, less 0.5 in the first window and less 1 in the second.
        Assert.Equal([0, -2, 0, -6, 0, 20, 0, 4, 0, 24, 0, 8], attributions.Past, (a, b) => Math.Abs(a - b) < 1e-4);

        // What has no weight has no attribution, exactly.
        Assert.All(Enumerable.Range(0, 6), row => Assert.Equal(0, attributions.Past[2 * row]));
        Assert.Equal([10 + (4 * 12), 10 + (4 * 20)], attributions.Forecasts, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal([10 + (4 * 9), 10 + (4 * 11)], attributions.BaselineForecasts, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(12, attributions.Sum(0), 1e-4);
    }

    public static TheoryData<string> Models() => [.. s_models.Keys];

    private static readonly Dictionary<string, ForecasterConfig> s_models = new()
    {
        ["plain"] = s_config,
        ["last"] = s_config with { Normalize = WindowNormalization.Last },
        ["mean"] = s_config with { Normalize = WindowNormalization.Mean },
        ["revin"] = s_config with { Normalize = WindowNormalization.Revin, NormalizeExcept = ["c"] },
        ["difference"] = s_config with { Normalize = WindowNormalization.Difference },
        ["highway and patches"] = s_config with { Highway = true, PatchLength = 2 },
        ["logarithm"] = s_config with { TargetScalers = [new(0, 1, 0), new(1, 0.5, 0.5)] },
        ["negative power"] = s_config with { TargetScalers = [new(1, 0.5, -0.5), new(0, 1)] },
        ["quantiles"] = s_config with { Distribution = OutputDistribution.Quantiles, Quantiles = [0.1, 0.5, 0.9] },
        ["gaussian"] = s_config with { Distribution = OutputDistribution.Gaussian, Quantiles = [0.5, 0.9] },
        ["student-t"] = s_config with { Distribution = OutputDistribution.StudentT, Quantiles = [0.2, 0.5] },
        ["recursive"] = s_config with { Strategy = ForecastStrategy.Recursive, Inputs = ["b", "a"], InputScalers = [new(-1, 0.5), new(3, 20)] },
        ["known ahead"] = s_config with { FutureCovariates = ["c"] },
        ["no peepholes"] = s_config with { Peephole = PeepholeKind.None },
        ["diagonal"] = s_config with { Peephole = PeepholeKind.Diagonal, Connections = PeepholeConnections.Input | PeepholeConnections.Output },
    };

    /// <summary>
    /// Sundararajan et al., proposition 1. The rest is float32 in a few thousand sums, and the points of the integral; those near
    /// the baseline of revin see its spread vanish.
    /// </summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Of_EveryKindOfModel_AddsUpToTheDifferenceOfForecasts(string model)
    {
        ForecasterConfig config = s_models[model];
        var (networks, windows) = Random(config, members: 2, scale: 2);
        var gradients = new IntegratedGradients(new PointForecaster(networks, CPU), new ExplainOptions { Points = 100 });
        float[] baseline = windows.Baseline(AttributionBaseline.Mean, [new(20, 30, 40)]);
        double tolerance = config.Normalize == WindowNormalization.Revin ? 1e-3 : 2e-4;
        for (int target = 0; target < config.Targets.Count; target++)
        {
            WindowAttributions attributions = gradients.Of(windows, baseline, target);
            var sum = Completeness.Of(attributions);
            Assert.True(sum.Difference > 1e-3, $"nothing to explain: {sum}");
            Assert.True(sum.LargestError < tolerance * sum.Difference, $"{sum}");
            Assert.Equal(config.FutureCovariates.Count > 0, attributions.Ahead.Any(value => value != 0));
        }

        Dispose(networks);
    }

    /// <summary>The midpoint rule: four times as exact with twice as many points.</summary>
    [Fact]
    public void Of_TwiceAsManyPoints_QuartersTheError()
    {
        var (networks, windows) = Random(s_config with { HiddenSizes = [8] }, scale: 2);
        float[] baseline = windows.Baseline(AttributionBaseline.Mean, null);
        double Error(int points) => Completeness.Of(new IntegratedGradients(new PointForecaster(networks, CPU), new ExplainOptions { Points = points }).Of(windows, baseline, 0)).Error;
        Assert.InRange(Error(8) / Error(16), 3.5, 4.5);
        Dispose(networks);
    }

    /// <summary>With one point an attribution is distance times slope in the middle, which finite differences of the forecast know as well.</summary>
    [Fact]
    public void Of_OnePoint_IsTheSlopeInTheMiddle()
    {
        var (networks, windows) = Random(s_config with { TargetScalers = [new(1, 0.5, 0.5), new(0, 1)], Normalize = WindowNormalization.Revin });
        var forecaster = new PointForecaster(networks, CPU);
        float[] baseline = windows.Baseline(AttributionBaseline.Mean, null), contexts = windows.Contexts;
        WindowAttributions attributions = new IntegratedGradients(forecaster, new ExplainOptions { Points = 1, Step = 2 }).Of(windows, baseline, 0);
        float[] middle = [.. contexts.Select((value, n) => (value + baseline[(n / 18 * 3) + (n % 3)]) / 2)];
        for (int place = 0; place < 18; place++)
        {
            const float step = 0.01f;
            double Forecast(float change)
            {
                float[] moved = [.. middle];
                moved[place] += change;
                return forecaster.Forecast(moved, [], windows.TargetScalers)[2];
            }

            // float32 leaves 1e-7 / 0.02 of the slope, and the third derivative 1e-4 of it.
            double slope = (Forecast(step) - Forecast(-step)) / (2 * step);
            Assert.Equal(slope * (contexts[place] - baseline[place % 3]), attributions.Past[place], 2e-4);
        }

        Dispose(networks);
    }

    [Fact]
    public void Of_Ensemble_IsTheMeanOfItsNetworks()
    {
        var (networks, windows) = Random(s_config, members: 2);
        float[] baseline = windows.Baseline(AttributionBaseline.Last, null);
        double[] Past(params LstmForecaster[] some) => new IntegratedGradients(new PointForecaster(some, CPU), new ExplainOptions()).Of(windows, baseline, 1).Past;
        double[] expected = [.. Past(networks[0]).Zip(Past(networks[1]), (a, b) => (a + b) / 2)];
        Assert.Equal(expected, Past(networks), (a, b) => Math.Abs(a - b) < 1e-12);
        Dispose(networks);
    }

    private static (LstmForecaster[] Networks, ExplainedWindows Windows) Random(ForecasterConfig config, int members = 1, double scale = 1)
    {
        manual_seed(Seeds.Torch);
        LstmForecaster[] networks = [.. Enumerable.Range(0, members).Select(_ =>
        {
            var network = new LstmForecaster(config);
            using var noGradient = no_grad();

            // What starts at 0, the highway and the known covariates, shall say something.
            foreach (var (name, weight) in network.state_dict())
            {
                if (name.Contains("highway", StringComparison.Ordinal) || name.Contains("covariates", StringComparison.Ordinal))
                    weight.uniform_(-1, 1);
                else
                    weight.mul_(scale);
            }

            // Quantiles that stand apart: where they cross, the median has a corner, which no rule integrates well.
            if (config.Distribution == OutputDistribution.Quantiles)
                network.state_dict()["head.bias"].copy_(tensor([.. Enumerable.Range(0, 18).Select(row => 5f * (row % 3))]));
            return network;
        })];
        double[][] columns = [.. config.Inputs.Select((_, column) => Enumerable.Range(0, 40).Select(row => 2 + Math.Sin((row * 0.7) + (2.3 * column)) + (row * 0.02)).ToArray())];
        var set = new TimeSeriesSet
        {
            Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(40), config.Inputs, columns)],
            Inputs = config.Inputs,
            Targets = config.Targets,
            SourceName = "random.csv",
            Sha256 = string.Empty,
        };
        return (networks, new ExplainedWindows(set, config, [new(0, 5), new(0, 17), new(0, 30)]));
    }

    private static void Dispose(LstmForecaster[] networks)
    {
        foreach (LstmForecaster network in networks)
            network.Dispose();
    }
}
