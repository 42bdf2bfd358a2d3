using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>A model of several networks is the mean of models of one, everywhere where a model can be.</summary>
public sealed class EnsembleTests
{
    // Means of float32 forecasts of up to a few hundred, one rounding a member.
    private const double Tolerance = 1e-6;

    private static readonly ForecasterConfig s_config = Models.Config(Peephole.Full);
    private static readonly ModelFile[] s_members = [.. Enumerable.Range(1, 3).Select(seed => Models.Random(s_config, seed))];
    private static readonly ModelFile s_ensemble = ModelFile.Ensemble(s_members);

    [Fact]
    public void Forecast_IsTheMeanOfTheMembers()
    {
        double[] windows = Models.Windows(s_config, 5);

        AssertClose(Mean(member => Forecast(member, windows)), Forecast(s_ensemble, windows));
    }

    [Fact]
    public void Forecast_OfASizeThatWasThereBefore_AllocatesNothing()
    {
        var forecaster = new Forecaster(s_ensemble);
        double[] windows = Models.Windows(s_config, 5), forecasts = new double[5 * forecaster.ForecastSize];
        forecaster.Forecast(windows, forecasts, threads: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
            forecaster.Forecast(windows, forecasts, threads: 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Stream_SavedHalfWay_GoesOnAsTheMeanOfTheMembers()
    {
        double[] window = Models.Windows(s_config, 1);
        var forecaster = new Forecaster(s_ensemble);
        StreamingForecaster first = forecaster.Stream(), second = forecaster.Stream();
        int inputs = s_config.Inputs.Count, half = s_config.ContextLength / 2;
        for (int row = 0; row < half; row++)
            first.Observe(window.AsSpan(row * inputs, inputs));
        second.RestoreState(first.SaveState());
        for (int row = half; row < s_config.ContextLength; row++)
            second.Observe(window.AsSpan(row * inputs, inputs));
        double[] forecast = new double[forecaster.ForecastSize];
        second.Forecast(forecast);

        AssertClose(Mean(member => Forecast(member, window)), forecast);
        Refusal.Of(ErrorKind.Usage, "another model", () => new Forecaster(s_members[0]).Stream().RestoreState(first.SaveState()));
    }

    [Fact]
    public void Write_ReadsBackAsTheSameMembers()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Write(folder.File(ModelFile.DefaultName), s_ensemble.Config, s_ensemble.Tensors);

        IReadOnlyList<ModelFile> members = ModelFile.Read(folder.Path).Members;
        Assert.Equal(s_members.Length, members.Count);
        foreach (var (expected, actual) in s_members.Zip(members))
        {
            foreach (SafetensorsTensor tensor in expected.Tensors)
                Assert.Equal(tensor.Floats.ToArray(), actual.Tensors.Single(other => other.Name == tensor.Name).Floats.ToArray());
        }
    }

    [Fact]
    public void Ensemble_OfModelsWithOtherScales_IsRefused() => Refusal.Of(
        ErrorKind.Usage, "nothing but their weights", () => ModelFile.Ensemble([s_members[0], Models.Random(s_config with { Horizon = 3 })]));

    [Theory]
    [InlineData(PeepholeKind.Full, false, WindowNormalization.None)]
    [InlineData(PeepholeKind.None, true, WindowNormalization.Revin)]
    [InlineData(PeepholeKind.Full, true, WindowNormalization.Difference)]
    public void OnnxExport_ForecastsAsTheModel(PeepholeKind peephole, bool highway, WindowNormalization normalize)
    {
        ForecasterConfig config = s_config with { Targets = ["input 2", "input 0"], Peephole = peephole, Highway = highway, Normalize = normalize, Members = 3 };
        ModelFile model = Models.Random(config);
        using var session = new Onnx.OnnxSession(model);
        float[] windows = [.. Models.Windows(config, 4).Select(value => (float)value)], expected = new float[4 * 2 * config.Horizon];
        new Forecaster(model).Forecast(windows, expected);

        // float32 sums in another order.
        AssertClose([.. expected.Select(value => (double)value)], [.. session.Forecast(windows, 4).Select(value => (double)value)], 1e-5);
    }

    /// <summary>The mean of what the members give in original units, which is not the inverse of the mean of logarithms.</summary>
    [Fact]
    public void OnnxExport_OfTransformedTargets_ForecastsAsTheModel()
    {
        ModelFile model = Models.Random(Models.Transformed(Peephole.None) with { Members = 3 });
        using var session = new Onnx.OnnxSession(model);
        float[] windows = [.. Models.Windows(model.Config, 4).Select(value => (float)value)], expected = new float[16];
        new Forecaster(model).Forecast(windows, expected);

        AssertClose([.. expected.Select(value => (double)value)], [.. session.Forecast(windows, 4).Select(value => (double)value)], 1e-5);
    }

    [Fact]
    public void OnnxImport_SaysThatItDoesNotReadThem() => Refusal.Of(
        ErrorKind.Damaged, "an ensemble of 3 networks", () => OnnxImport.Parse(OnnxExport.ToBytes(s_ensemble), new ImportOptions(), "e.onnx"));

    [Fact]
    public void PyTorchExport_ReadsBackAsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        PyTorchExport.Write(folder.File("export"), s_ensemble);
        PyTorchExport.Write(folder.File("export"), s_ensemble);

        double[] windows = Models.Windows(s_config, 2);
        Assert.Equal(Forecast(s_ensemble, windows), Forecast(StateDictImport.Read(folder.File("export"), new ImportOptions()), windows));
    }

    private static double[] Mean(Func<ModelFile, double[]> of)
    {
        double[][] all = [.. s_members.Select(of)];
        return [.. Enumerable.Range(0, all[0].Length).Select(n => all.Average(values => values[n]))];
    }

    private static double[] Forecast(ModelFile model, double[] windows)
    {
        var forecaster = new Forecaster(model);
        double[] forecasts = new double[windows.Length / forecaster.WindowSize * forecaster.ForecastSize];
        forecaster.Forecast(windows, forecasts);
        return forecasts;
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
