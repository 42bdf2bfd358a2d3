using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>A model that feeds its forecasts back is a loop over its network as a model of one step.</summary>
public sealed class RecursiveTests
{
    private const int Horizon = 4, Count = 3;

    private static readonly ForecasterConfig s_config = Models.Config(Peephole.Full, inputs: 2, contextLength: 6, horizon: Horizon) with
    {
        // Targets in another order than the inputs.
        Targets = ["input 1", "input 0"],
        TargetScalers = [new ColumnScaler(10, 5), new ColumnScaler(0, 4)],
        Strategy = ForecastStrategy.Recursive,
    };

    public static TheoryData<WindowNormalization, int, bool> Variants => new()
    {
        { WindowNormalization.None, 1, false },
        { WindowNormalization.Last, 1, false },
        { WindowNormalization.Revin, 3, true },
        { WindowNormalization.Difference, 3, true },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Forecast_IsThatOfALoopOverAModelOfOneStep(WindowNormalization normalize, int patch, bool highway)
    {
        ModelFile model = Models.Random(s_config with { Normalize = normalize, PatchLength = patch, Highway = highway });
        double[] windows = Models.Windows(s_config, Count);

        AssertClose(Loop(model, windows), Forecast(model, windows));

        // Singles lose what their type does not hold, once.
        float[] singles = [.. windows.Select(value => (float)value)], forecasts = new float[Count * Horizon * 2];
        new Forecaster(model).Forecast(singles, forecasts);
        AssertClose(Loop(model, [.. singles.Select(value => (double)value)]), [.. forecasts.Select(value => (double)value)]);
    }

    [Fact]
    public void Forecast_OfAnEnsemble_IsTheMeanOfTheirPaths()
    {
        ModelFile[] members = [Models.Random(s_config, 1), Models.Random(s_config, 2)];
        double[] windows = Models.Windows(s_config, Count);
        double[] expected = [.. Loop(members[0], windows).Zip(Loop(members[1], windows), (a, b) => (a + b) / 2)];
        AssertClose(expected, Forecast(ModelFile.Ensemble(members), windows));
    }

    [Fact]
    public void Forecast_OfASizeThatWasThereBefore_AllocatesNothing()
    {
        var forecaster = new Forecaster(Models.Random(s_config));
        StreamingForecaster stream = forecaster.Stream();
        double[] windows = Models.Windows(s_config, Count), forecasts = new double[Count * forecaster.ForecastSize];
        void Call()
        {
            forecaster.Forecast(windows, forecasts, threads: 1);
            stream.Observe(windows.AsSpan(0, 2));
            stream.Forecast(forecasts.AsSpan(0, forecaster.ForecastSize));
        }

        Call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
            Call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A stream observes its forecasts, and is then where it was.</summary>
    [Fact]
    public void Stream_GoesOnFromItsForecastsAndReturns()
    {
        ModelFile model = Models.Random(s_config);
        double[] rows = Models.Windows(s_config, 1);
        StreamingForecaster stream = new Forecaster(model).Stream(), byHand = new Forecaster(OfOneStep(model)).Stream();
        for (int row = 0; row < s_config.ContextLength; row++)
        {
            stream.Observe(rows.AsSpan(2 * row, 2));
            byHand.Observe(rows.AsSpan(2 * row, 2));
        }

        byte[] before = stream.SaveState();
        double[] forecast = new double[2 * Horizon], next = new double[2], expected = new double[2 * Horizon];
        stream.Forecast(forecast);
        for (int step = 0; step < Horizon; step++)
        {
            byHand.Forecast(next);
            next.CopyTo(expected, 2 * step);
            byHand.Observe([next[1], next[0]]);
        }

        Assert.Equal(expected, forecast);
        Assert.Equal(before, stream.SaveState());
        AssertClose(Forecast(model, rows)[..2], forecast[..2]);
    }

    [Fact]
    public void Onnx_IsRefusedInOneLine() =>
        Assert.Contains("--format pytorch", Refusal.Of(ErrorKind.Usage, "has no ONNX form", () => OnnxExport.ToBytes(Models.Random(s_config))), StringComparison.Ordinal);

    [Fact]
    public void Config_InputsThatAreNotTheTargets_AreRefused()
    {
        const string words = "strategy must be direct where the inputs are not the targets";
        Refusal.Of(ErrorKind.Usage, words, () => (s_config with { Targets = ["input 1"], TargetScalers = [new ColumnScaler(10, 5)] }).Validate());
        Refusal.Of(ErrorKind.Usage, words, () => (s_config with { TargetScalers = [new ColumnScaler(10, 5), new ColumnScaler(1, 4)] }).Validate());
        Refusal.Of(ErrorKind.Usage, "strategy must be direct for a model with a distribution", () => (s_config with { Distribution = OutputDistribution.Gaussian, Quantiles = [0.5] }).Validate());
        s_config.Validate();
        ForecasterConfig read = ForecasterConfigJson.Deserialize(ForecasterConfigJson.Serialize(s_config), "test");
        Assert.Equal((ForecastStrategy.Recursive, 1), (read.Strategy, read.NetworkSteps));
    }

    /// <summary>The network sums in float32, several windows side by side in another order than one, and each step carries that on.</summary>
    private static void AssertClose(double[] expected, double[] actual) =>
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 1e-5 * Math.Max(1, Math.Abs(a)));

    private static ModelFile OfOneStep(ModelFile model) => model with { Config = model.Config with { Horizon = 1, Strategy = ForecastStrategy.Direct } };

    private static double[] Forecast(ModelFile model, double[] windows)
    {
        double[] forecasts = new double[Count * Horizon * 2];
        var forecaster = new Forecaster(model);
        forecasts = forecasts[..(windows.Length / forecaster.WindowSize * forecaster.ForecastSize)];
        forecaster.Forecast(windows, forecasts);
        return forecasts;
    }

    private static double[] Loop(ModelFile model, double[] windows)
    {
        var network = new Forecaster(OfOneStep(model));
        var forecasts = new List<double>();
        foreach (double[] window in windows.Chunk(network.WindowSize))
        {
            List<double> rows = [.. window];
            double[] next = new double[2];
            for (int step = 0; step < Horizon; step++)
            {
                network.Forecast([.. rows[^network.WindowSize..]], next);
                forecasts.AddRange(next);
                rows.AddRange([next[1], next[0]]);
            }
        }

        return [.. forecasts];
    }
}
