using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace LstmTorch.Runtime.Tests.Onnx;

/// <summary>Exported models in ONNX Runtime against the equations in float64 and against the forecaster.</summary>
public class OnnxExportTests
{
    // Float32 sums over up to 60 steps and three layers differ by some 1e-6 where their order differs.
    private const double Tolerance = 1e-5;

    private static readonly int[] s_batches = [1, 2, 5, 33];

    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int, int>();
            foreach (int layers in (int[])[1, 2, 3])
            {
                foreach (int steps in (int[])[1, 2, 3, 7, 30, 60])
                    shapes.Add(layers, steps, steps == 30 ? 50 : 5 + layers);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Export_EveryDepthAndLength_ForecastsAsTheModel(int layers, int steps, int hidden)
    {
        foreach (Peephole peephole in (Peephole[])[Peephole.None, Peephole.Diagonal, Peephole.Full])
        {
            int[] sizes = [.. Enumerable.Range(0, layers).Select(k => hidden + k)];
            AssertAgrees(Models.Random(Models.Config(peephole, contextLength: steps, hiddenSizes: sizes)));
        }
    }

    [Fact]
    public void Export_EveryPeephole_ForecastsByTheEquations()
    {
        foreach (Peephole peephole in Models.Peepholes)
        {
            ModelFile model = Models.Random(Models.Config(peephole, contextLength: 4));
            using var session = new OnnxSession(model);
            float[] windows = [.. Models.Windows(model.Config, 5).Select(value => (float)value)];
            double[] expected = Models.Forecast(model, [.. windows.Select(value => (double)value)]);
            AssertClose(expected, session.Forecast(windows, 5), $"{peephole}");
        }
    }

    [Theory]
    [InlineData(WindowNormalization.Last)]
    [InlineData(WindowNormalization.Mean)]
    [InlineData(WindowNormalization.Revin)]
    [InlineData(WindowNormalization.Difference)]
    public void Export_NormalizedWindowsPatchesAndHighway_ForecastAsTheModel(WindowNormalization normalize)
    {
        foreach (var (patch, highway) in new[] { (1, false), (4, false), (1, true), (3, true) })
        {
            ForecasterConfig config = Models.Config(Peephole.Full, inputs: 4, contextLength: 12, horizon: 3) with
            {
                Targets = ["input 2", "input 0"],
                Normalize = normalize,
                PatchLength = patch,
                Highway = highway,
            };
            AssertAgrees(Models.Random(config));
            AssertAgrees(Models.Random(config with { NormalizeExcept = ["input 3", "input 1"] }));
            AssertAgrees(Models.Random(config with { Peephole = PeepholeKind.Diagonal, Connections = Peephole.Diagonal.Connections }));
        }
    }

    [Fact]
    public void Export_KnownCovariates_ForecastAsTheModel()
    {
        foreach (Peephole peephole in (Peephole[])[Peephole.Diagonal, Peephole.Full])
        {
            ForecasterConfig config = Models.Covariates(peephole);
            AssertAgrees(Models.Random(config));
            AssertAgrees(Models.Random(config with { Members = 2 }));
            AssertAgrees(Models.WithQuantiles(config, OutputDistribution.Gaussian));
            foreach (WindowNormalization normalize in (WindowNormalization[])[WindowNormalization.Revin, WindowNormalization.Difference])
                AssertAgrees(Models.Random(config with { Targets = ["input 1"], TargetScalers = [new(3, 4)], Normalize = normalize, NormalizeExcept = ["input 0", "input 2"], Highway = true }));
        }
    }

    [Fact]
    public void Export_TransformedTargets_ForecastAsTheModel()
    {
        AssertAgrees(Models.Random(Models.Transformed(Peephole.Full)));
        AssertAgrees(Models.Random(Models.Transformed(Peephole.Diagonal) with { Normalize = WindowNormalization.Last }));
        AssertAgrees(Models.Random(Models.MildlyTransformed(Peephole.Full) with { Normalize = WindowNormalization.Difference }));
    }

    [Fact]
    public void Export_ColumnFarFromZero_KeepsItsDigits()
    {
        // Seconds since 1970, a year of days: in float32 one unit of the last place is two minutes, and differences from an
        // offset that is rounded to float32 would be off by as much.
        ForecasterConfig config = Models.Config(Peephole.Diagonal, inputs: 1) with { InputScalers = [new ColumnScaler(1_700_000_123, 86_400)] };
        AssertAgrees(Models.Random(config));
    }

    [Fact]
    public void Export_DocumentedModel_IsAsLargeAsItsWeights()
    {
        foreach (Peephole peephole in (Peephole[])[Peephole.None, Peephole.Diagonal, Peephole.Full])
        {
            ModelFile model = Models.Random(Models.Config(peephole, inputs: 4, contextLength: 30, hiddenSizes: [50, 50, 50]));
            long weights = model.Tensors.Sum(tensor => (long)tensor.Data.Length);
            Assert.InRange(OnnxExport.ToBytes(model).LongLength, weights, weights + (32 << 10));
        }
    }

    [Fact]
    public void Export_File_NamesItsEndsAndCarriesTheConfiguration()
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        using var session = new OnnxSession(model);

        Assert.Equal(["windows"], session.Session.InputMetadata.Keys);
        Assert.Equal(["forecasts"], session.Session.OutputMetadata.Keys);
        Assert.Equal([-1, 7, 3], session.Session.InputMetadata["windows"].Dimensions);
        Assert.Equal([-1, 2, 2], session.Session.OutputMetadata["forecasts"].Dimensions);
        Assert.Equal(["batch", "", ""], session.Session.InputMetadata["windows"].SymbolicDimensions);
        Assert.Equal("LstmTorch", session.Session.ModelMetadata.ProducerName);
        Assert.Equal(
            ForecasterConfigJson.Serialize(model.Config), session.Session.ModelMetadata.CustomMetadataMap[OnnxExport.ConfigKey]);
    }

    [Fact]
    public void Write_Twice_GivesTheSameFile()
    {
        using var folder = new TemporaryFolder();
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        OnnxExport.Write(folder.File("a.onnx"), model);

        Assert.Equal(OnnxExport.ToBytes(model), File.ReadAllBytes(folder.File("a.onnx")));
        Assert.Equal(["a.onnx"], folder.Entries);
    }

    private static void AssertAgrees(ModelFile model)
    {
        using var session = new OnnxSession(model);
        var forecaster = new Forecaster(model);
        foreach (int batch in s_batches)
        {
            float[] windows = [.. Models.Windows(model.Config, batch).Select(value => (float)value)];
            float[] expected = new float[batch * forecaster.ForecastSize];
            float[] known = [.. Models.Known(model.Config, batch).Select(value => (float)value)];
            forecaster.Forecast(windows, known, expected);
            AssertClose([.. expected.Select(value => (double)value)], session.Forecast(windows, batch, known.Length == 0 ? null : known), $"{model.Config.Peephole}, batch {batch}");
        }
    }

    private static void AssertClose(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int n = 0; n < expected.Length; n++)
        {
            double difference = Math.Abs(actual[n] - expected[n]) / Math.Max(1, Math.Abs(expected[n]));
            Assert.True(difference <= Tolerance, $"{what}: forecast {n} is {actual[n]:R}, expected {expected[n]:R}");
        }
    }
}
