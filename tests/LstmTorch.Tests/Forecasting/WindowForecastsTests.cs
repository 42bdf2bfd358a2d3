using CsCheck;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class WindowForecastsTests
{
    // Both sides are float32 sums of a few hundred terms, rounded in different orders, and carried through the layers: some
    // units of the last digit, 1.2e-7, of numbers of the order of 1. A wrong weight or gate shows from 1e-3 on.
    private const double Tolerance = 1e-6;

    private static readonly Peephole[] s_peepholes = [.. Recurrent.Variants.All()];

    private static Gen<(ForecasterConfig Config, int Rows, int Seed)> Cases { get; } =
        from inputs in Gen.Int[1, 9]
        from targets in Gen.Int[1, 3]
        from patchLength in Gen.Int[1, 3]
        from patches in Gen.Int[1, 33 / patchLength]
        from highway in Gen.Bool
        from horizon in Gen.Int[1, 4]
        from hiddenSizes in Gen.Int[1, 70].Array[1, 3]
        from peephole in Gen.Int[0, s_peepholes.Length - 1]
        from normalize in Gen.Int[0, 4]
        from distribution in Gen.Int[0, 3]
        from windows in Gen.Int[1, 70]
        from seed in Gen.Int[0, 1 << 20]
        select (
            Config(inputs, targets) with
            {
                Targets = [.. Enumerable.Range(0, targets).Select(n => normalize == 0 && !highway ? $"y{n}" : $"x{n % inputs}")],
                Normalize = (WindowNormalization)normalize,
                FutureCovariates = seed % 3 == 0 ? [] : [.. Enumerable.Range(targets, Math.Max(0, inputs - targets)).Where(n => n % 3 != 1).Select(n => $"x{n}")],
                NormalizeExcept = seed % 2 == 0 ? [] : [.. Enumerable.Range(targets, Math.Max(0, inputs - targets)).Where(n => n % 2 == 0).Select(n => $"x{n}")],
                PatchLength = patchLength,
                Highway = highway,
                Distribution = (OutputDistribution)distribution,
                Quantiles = distribution == 0 ? [] : [0.025, 0.3, 0.5, 0.99],
                ContextLength = patches * patchLength,
                Horizon = normalize == (int)WindowNormalization.Difference && distribution > 0 ? 1 : horizon,
                HiddenSizes = hiddenSizes,
                Peephole = s_peepholes[peephole].Kind,
                Connections = s_peepholes[peephole].Connections,
            },
            (patches * patchLength) + windows - 1,
            seed);

    [Fact]
    public void Of_AnyModel_AgreesWithTheReferenceOnLibtorch() => Cases.Sample(
        (config, rows, seed) =>
        {
            manual_seed(seed);
            using var network = new LstmForecaster(config);
            network.Lstm.Kernel = "reference";
            Randomize(network);
            TimeSeriesSet set = Series(config, rows, seed);
            WindowIndex windows = WindowIndex.Of([new(rows + config.Horizon, 0, 0)], Part.Train, config.ContextLength, config.Horizon);
            using var data = new ScaledData(set, config, CPU);
            WindowForecasts expected = Forecasts.Of(network, data, windows), actual = WindowForecasts.Of(new Forecaster(Model(network)), set, windows);

            int count = windows.Count * config.Horizon * config.Targets.Count;
            AssertClose(count, expected.Values, actual.Values);
            Assert.Equal(config.Distribution == OutputDistribution.Point, actual.Quantiles is null);
            if (config.Distribution != OutputDistribution.Point)
                AssertClose(4 * count, expected.Quantiles!, actual.Quantiles!);
        },
        iter: 40,
        threads: 1,
        seed: "0000000000021");

    /// <summary>Forecasts that are fed back carry the rounding of the steps before.</summary>
    [Theory]
    [InlineData(WindowNormalization.None, false)]
    [InlineData(WindowNormalization.Revin, true)]
    [InlineData(WindowNormalization.Difference, true)]
    public void Of_AModelThatFeedsItsForecastsBack_AgreesWithLibtorch(WindowNormalization normalize, bool highway)
    {
        ForecasterConfig config = Config(inputs: 2, targets: 2);
        config = config with
        {
            Targets = [config.Inputs[1], config.Inputs[0]],
            TargetScalers = [config.InputScalers[1], config.InputScalers[0]],
            Strategy = ForecastStrategy.Recursive,
            ContextLength = 6,
            PatchLength = 2,
            Horizon = 5,
            HiddenSizes = [9],
            Normalize = normalize,
            Highway = highway,
        };
        manual_seed(Seeds.Torch);
        using var network = new LstmForecaster(config);
        Randomize(network);
        TimeSeriesSet set = Series(config, 20, 1);
        WindowIndex windows = WindowIndex.Of([new(20, 0, 0)], Part.Train, 6, 5);
        using var data = new ScaledData(set, config, CPU);
        double[] expected = Forecasts.Of(network, data, windows).Values, actual = WindowForecasts.Of(new Forecaster(Model(network)), set, windows).Values;

        Assert.Equal(windows.Count * 10, actual.Length);
        for (int n = 0; n < expected.Length; n++)
            Assert.Equal(expected[n], actual[n], 10 * Tolerance * Math.Max(1, Math.Abs(expected[n])));
        Assert.NotEqual(actual[0], actual[2]);

        // In training it gives, and learns, the first step alone.
        network.train();
        Assert.Equal([windows.Count, 1L, 2], network.call(data.Contexts(data.Origins(windows, [.. Enumerable.Range(0, windows.Count)]))).shape);
    }

    /// <summary>No row after an origin changes what either says of it.</summary>
    [Fact]
    public void Of_ADifferencedWindow_DoesNotSeeRowsAfterIt()
    {
        ForecasterConfig config = Config(inputs: 2, targets: 1) with { Targets = ["x1"], ContextLength = 6, Horizon = 3, HiddenSizes = [5], Normalize = WindowNormalization.Difference, Highway = true };
        manual_seed(Seeds.Torch);
        using var network = new LstmForecaster(config);
        Randomize(network);
        WindowIndex windows = WindowIndex.Of([new(9, 0, 0)], Part.Train, 6, 3);
        TimeSeriesSet set = Series(config, 9, 1), other = Series(config, 9, 2);
        TimeSeries past = set.Series[0], later = other.Series[0];
        double[][] columns = [.. config.Inputs.Select(name => (double[])[.. past.Column(name)[..6], .. later.Column(name)[6..]])];
        TimeSeriesSet changed = set with { Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(9), config.Inputs, columns)] };
        using ScaledData data = new(set, config, CPU), changedData = new(changed, config, CPU);

        Assert.NotEqual(past.Column("x1")[6], later.Column("x1")[6]);
        Assert.Equal(Forecasts.Of(network, data, windows).Values, Forecasts.Of(network, changedData, windows).Values);
        var forecaster = new Forecaster(Model(network));
        Assert.Equal(WindowForecasts.Of(forecaster, set, windows).Values, WindowForecasts.Of(forecaster, changed, windows).Values);
    }

    [Fact]
    public void Of_ManySeriesAndWindows_TakesEachItsOwnRows()
    {
        // More windows than fit into one batch, over series of different lengths.
        ForecasterConfig config = Config(inputs: 3, targets: 2) with { ContextLength = 5, Horizon = 1, HiddenSizes = [7] };
        TimeSeries first = Series(config, 400, 1).Series[0], second = Series(config, 300, 2).Series[0];
        TimeSeriesSet both = Series(config, 5, 3) with { Series = [first, second] };
        using var network = new LstmForecaster(config);
        var forecaster = new Forecaster(Model(network));
        int outputs = forecaster.ForecastSize;
        WindowIndex windows = WindowIndex.Of([new(400, 0, 0), new(300, 0, 0)], Part.Train, 5, 1);
        double[] all = WindowForecasts.Of(forecaster, both, windows).Values;

        foreach (int n in (int[])[0, 394, 395, 511, 512, windows.Count - 1])
        {
            Window window = windows[n];
            double[] values = [.. from row in Enumerable.Range(window.Origin - 4, 5) from column in config.Inputs select both.Series[window.Series].Column(column)[row]];
            double[] expected = new double[outputs];
            forecaster.Forecast(values, expected);
            Assert.All(expected.Zip(all[(n * outputs)..((n + 1) * outputs)]), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    private static void AssertClose(int count, double[] expected, double[] actual)
    {
        Assert.Equal(count, actual.Length);
        for (int n = 0; n < count; n++)
            Assert.Equal(expected[n], actual[n], Tolerance * Math.Max(1, Math.Abs(expected[n])));
    }

    private static ForecasterConfig Config(int inputs, int targets) => new()
    {
        Inputs = [.. Enumerable.Range(0, inputs).Select(n => $"x{n}")],
        Targets = [.. Enumerable.Range(0, targets).Select(n => $"y{n}")],
        InputScalers = [.. Enumerable.Range(0, inputs).Select(n => new ColumnScaler(100 * n, 3 + n))],
        TargetScalers = [.. Enumerable.Range(0, targets).Select(n => new ColumnScaler(-0.5 * n, 1 - (0.25 * n)))],
    };

    /// <summary>They start at zero, where nothing would be seen of them.</summary>
    private static void Randomize(LstmForecaster network)
    {
        using var noGradient = no_grad();
        foreach (string name in (string[])["highway.weight", "covariates.weight"])
        {
            if (network.state_dict().TryGetValue(name, out Tensor? weight))
                nn.init.uniform_(weight, -0.3, 0.3);
        }
    }

    private static ModelFile Model(LstmForecaster network) => new(network.Config, [.. network.state_dict().Select(entry =>
        SafetensorsTensor.FromFloats(entry.Key, entry.Value.shape, entry.Value.data<float>().ToArray()))]);

    private static TimeSeriesSet Series(ForecasterConfig config, int rows, int seed)
    {
        var random = new Random(seed);
        string[] columns = [.. config.Inputs, .. config.Targets.Except(config.Inputs)];
        double[][] values =
        [
            .. columns.Select((_, n) => Enumerable.Range(0, rows)
                .Select(_ => n < config.Inputs.Count ? config.InputScalers[n].InverseTransform(random.NextDouble()) : 0.0).ToArray()),
        ];
        return new TimeSeriesSet
        {
            Series =
            [
                new TimeSeries(string.Empty, TimeAxis.OfRows(rows), columns, values)
                {
                    Ahead = new KnownAhead(config.Horizon, config.FutureCovariates.ToDictionary(
                        name => name, name => Enumerable.Range(0, config.Horizon).Select(_ => config.InputScalers[config.Inputs.ToList().IndexOf(name)].InverseTransform(random.NextDouble())).ToArray())),
                },
            ],
            Inputs = config.Inputs,
            Targets = config.Targets,
            SourceName = "test",
            Sha256 = string.Empty,
        };
    }
}
