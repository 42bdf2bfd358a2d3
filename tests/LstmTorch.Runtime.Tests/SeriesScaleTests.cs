using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>A model that scales each series by itself is, for each, the model with that series' scales.</summary>
public sealed class SeriesScaleTests
{
    private static readonly ForecasterConfig s_plain = Models.Config(Peephole.Full);

    private static readonly SeriesScale s_second = new("b", [new(1, 2), new(3, 4), new(5, 6)], [new(-7, 8), new(9, 10)]);

    private static readonly ModelFile s_model = Models.Random(s_plain with { SeriesScales = [new("a", s_plain.InputScalers, s_plain.TargetScalers), s_second] });

    private static readonly ModelFile s_asB = Models.Random(s_plain with { InputScalers = s_second.InputScalers, TargetScalers = s_second.TargetScalers });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ForSeries_IsTheModelWithItsScales(int members)
    {
        ModelFile Of(ModelFile model) => ModelFile.Ensemble([.. Enumerable.Range(1, members).Select(seed => Models.Random(model.Config, seed))]);
        double[] windows = Models.Windows(s_asB.Config, 2);
        Forecaster all = new(Of(s_model)), expected = new(Of(s_asB));

        Assert.Equal(Forecast(expected, windows), Forecast(all.ForSeries("b"), windows));
        Assert.Equal(Forecast(expected, windows), Forecast(all.ForSeries(s_second with { Id = "unknown" }), windows));
        Assert.NotEqual(Forecast(expected, windows), Forecast(all.ForSeries("a"), windows));
        Assert.Same(expected, expected.ForSeries("whatever"));
    }

    /// <summary>A stream's saved state belongs to the series: the same numbers mean something else under other scales.</summary>
    [Fact]
    public void Stream_OfASeries_IsThatOfTheModelWithItsScales()
    {
        var forecaster = new Forecaster(s_model);
        StreamingForecaster stream = forecaster.ForSeries("b").Stream(), expected = new Forecaster(s_asB).Stream();
        stream.Observe([1.0, 2, 3]);
        expected.RestoreState(stream.SaveState());
        double[] one = new double[4], other = new double[4];
        stream.Forecast(one);
        expected.Forecast(other);

        Assert.Equal(other, one);
        Refusal.Of(ErrorKind.Usage, "another model", () => forecaster.ForSeries("a").Stream().RestoreState(stream.SaveState()));
    }

    [Fact]
    public void Forecast_WithoutASeries_NamesTheWay()
    {
        var forecaster = new Forecaster(s_model);
        Refusal.Of(ErrorKind.Usage, "ForSeries(\"a\")", () => forecaster.Forecast(new double[forecaster.WindowSize], new double[forecaster.ForecastSize]));
        Refusal.Of(ErrorKind.Usage, "ForSeries(\"a\")", () => forecaster.Stream());
        Refusal.Of(ErrorKind.Usage, "has not seen 'c'; it knows 'a', 'b'", () => forecaster.ForSeries("c"));
    }

    [Fact]
    public void Exports_OfASeries_AreThoseOfTheModelWithItsScales()
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(ErrorKind.Usage, "--series, such as 'a'", () => OnnxExport.ToBytes(s_model));
        Refusal.Of(ErrorKind.Usage, "--series, such as 'a'", () => PyTorchExport.Write(folder.File("torch"), s_model));
        Assert.False(Directory.Exists(folder.File("torch")));
        Assert.Equal(OnnxExport.ToBytes(s_asB), OnnxExport.ToBytes(s_model.ForSeries("b")));
    }

    private static double[] Forecast(Forecaster forecaster, double[] windows)
    {
        double[] forecasts = new double[windows.Length / forecaster.WindowSize * forecaster.ForecastSize];
        forecaster.Forecast(windows, forecasts);
        return forecasts;
    }
}
