using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace LstmTorch.Runtime.Tests.Onnx;

public sealed class OnnxQuantilesTests
{
    // Sums in float32 in another order, relative to max(1, |forecast|).
    private const double Tolerance = 1e-5;
    private const int Count = 5;

    public static TheoryData<OutputDistribution, int> Cases =>
        [.. from distribution in (OutputDistribution[])[OutputDistribution.Quantiles, OutputDistribution.Gaussian, OutputDistribution.StudentT]
            from number in Enumerable.Range(0, Configs.Length)
            select (distribution, number)];

    private static ForecasterConfig[] Configs
    {
        get
        {
            ForecasterConfig rich = Models.Config(Peephole.None, horizon: 3) with { Targets = ["input 2", "input 0"], Highway = true };
            return
            [
                Models.Config(Peephole.Full),
                rich with { Normalize = WindowNormalization.Last },
                rich with { Normalize = WindowNormalization.Revin },
                Models.MildlyTransformed(Peephole.None),
                rich with { Normalize = WindowNormalization.Difference, Horizon = 1 },
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnnxRuntime_ForecastsTheSameQuantiles(OutputDistribution distribution, int number)
    {
        ModelFile one = Models.WithQuantiles(Configs[number], distribution), other = Models.WithQuantiles(Configs[number], distribution, seed: 2);
        foreach (ModelFile model in (ModelFile[])[one, ModelFile.Ensemble([one, other])])
        {
            var forecaster = new Forecaster(model);
            float[] windows = [.. Models.Windows(model.Config, Count).Select(value => (float)value)];
            float[] forecasts = new float[Count * forecaster.ForecastSize], quantiles = new float[Count * forecaster.QuantilesSize];
            forecaster.Forecast(windows, forecasts);
            forecaster.ForecastQuantiles(windows, quantiles);
            var (actualForecasts, actualQuantiles) = Run(model, windows);

            AssertClose(forecasts, actualForecasts);
            AssertClose(quantiles, actualQuantiles);
        }
    }

    [Theory]
    [InlineData(OutputDistribution.Quantiles)]
    [InlineData(OutputDistribution.Gaussian)]
    public void Import_OfWhatWasExported_ForecastsTheSameQuantiles(OutputDistribution distribution)
    {
        ModelFile model = Models.WithQuantiles(Configs[2], distribution);
        ModelFile read = OnnxImport.Parse(OnnxExport.ToBytes(model), new ImportOptions(), "test.onnx");
        var (forecaster, again) = (new Forecaster(model), new Forecaster(read));
        double[] windows = Models.Windows(model.Config, Count), expected = new double[Count * forecaster.QuantilesSize], actual = new double[expected.Length];
        forecaster.ForecastQuantiles(windows, expected);
        again.ForecastQuantiles(windows, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Import_OfStudentT_IsRefusedInALine() => Refusal.Of(
        ErrorKind.Damaged,
        "degrees of freedom are not in the file",
        () => OnnxImport.Parse(OnnxExport.ToBytes(Models.WithQuantiles(Configs[1], OutputDistribution.StudentT)), new ImportOptions(), "test.onnx"));

    private static (float[] Forecasts, float[] Quantiles) Run(ModelFile model, float[] windows)
    {
        ForecasterConfig config = model.Config;
        using var session = new OnnxSession(model);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(windows, [Count, config.ContextLength, config.Inputs.Count]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Session.Run(options, ["windows"], [input], ["forecasts", "quantiles"]);
        Assert.Equal([Count, config.Horizon, config.Targets.Count, config.Quantiles.Count], results[1].GetTensorTypeAndShape().Shape);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<float>().ToArray());
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Tolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
