using System.Reflection;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests;

public sealed class ForecasterTests
{
    // float32 sums against float64; the forecasts are of the order of 100 and their scales of that of 5.
    private const double Tolerance = 1e-5;

    private static double[] Forecasts(Forecaster forecaster, double[] windows, int? threads = null)
    {
        double[] forecasts = new double[windows.Length / forecaster.WindowSize * forecaster.ForecastSize];
        forecaster.Forecast(windows, forecasts, threads);
        return forecasts;
    }

    /// <summary>By hand: steps of 0.5, −1 and 2 by the bias of the head and 1, −0.5 and 2 by the highway, which picks the differences.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Forecast_OfDifferences_AddsThemUpFromTheLastValueOn(int patch)
    {
        ForecasterConfig config = Models.Config(Peephole.Full, inputs: 1, targets: 1, contextLength: 4, horizon: 3) with
        {
            Targets = ["input 0"],
            InputScalers = [new ColumnScaler(10, 4)],
            TargetScalers = [new ColumnScaler(10, 4)],
            Normalize = WindowNormalization.Difference,
            PatchLength = patch,
            Highway = true,
        };
        ModelFile model = Models.Random(config);
        float[] Weights(SafetensorsTensor tensor) => tensor.Name switch
        {
            "head.bias" => [0.5f, -1, 2],
            "highway.weight" => [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
            _ => new float[tensor.Floats.Length],
        };
        var forecaster = new Forecaster(model with { Tensors = [.. model.Tensors.Select(tensor => SafetensorsTensor.FromFloats(tensor.Name, tensor.Shape, Weights(tensor)))] });

        // Scaled, 0, 1, 0.5 and 2.5; then 2.5 + 1.5, − 1.5, + 4. All are exact in binary.
        Assert.Equal([26, 20, 36, 26, 20, 36], Forecasts(forecaster, [10, 14, 12, 20, 10, 14, 12, 20]));
    }

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int n = 0; n < expected.Length; n++)
            Assert.True(Math.Abs(expected[n] - actual[n]) <= Tolerance, $"{what}: number {n} is {actual[n]}, expected {expected[n]}");
    }

    [Fact]
    public void Forecast_EveryPeephole_AgreesWithTheEquations()
    {
        foreach (Peephole peephole in Models.Peepholes)
        {
            ModelFile model = Models.Random(Models.Config(peephole));
            double[] windows = Models.Windows(model.Config, 3);
            AssertClose(Models.Forecast(model, windows), Forecasts(new Forecaster(model), windows), $"{peephole}");
        }
    }

    // 1 and 48 windows are a block, 49 and 130 several; 100 steps of width 70 run in more than one go.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(48, 30, 5)]
    [InlineData(49, 2, 17)]
    [InlineData(130, 3, 8)]
    [InlineData(7, 100, 70)]
    public void Forecast_BatchesAndContexts_AgreeWithTheEquations(int count, int contextLength, int width)
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full, inputs: 4, targets: 1, contextLength, horizon: 3, width, 3, width));
        var forecaster = new Forecaster(model);
        double[] windows = Models.Windows(model.Config, count);
        double[] expected = Models.Forecast(model, windows);
        foreach (int threads in (int[])[1, 2, 3])
            AssertClose(expected, Forecasts(forecaster, windows, threads), $"{threads} threads");
        AssertClose(expected, Forecasts(forecaster, windows), "threads as they come");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(49)]
    public void Forecast_KnownCovariates_AgreeWithTheEquations(int count)
    {
        ModelFile model = Models.Random(Models.Covariates(Peephole.Full));
        double[] windows = Models.Windows(model.Config, count), known = Models.Known(model.Config, count), forecasts = new double[count * 6];
        var forecaster = new Forecaster(model);

        // One thread last, so that the memory that is taken next is as large as one thread needs it.
        foreach (int threads in (int[])[3, 1])
        {
            forecaster.Forecast(windows, known, forecasts, threads);
            AssertClose(Models.Forecast(model, windows, known), forecasts, $"{threads} threads");
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        forecaster.Forecast(windows, known, forecasts, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(OutputDistribution.Quantiles)]
    [InlineData(OutputDistribution.Gaussian)]
    [InlineData(OutputDistribution.StudentT)]
    public void ForecastQuantiles_KnownCovariates_AgreeWithTheEquations(OutputDistribution distribution)
    {
        ModelFile model = Models.WithQuantiles(Models.Covariates(Peephole.Full), distribution);
        double[] windows = Models.Windows(model.Config, 2), known = Models.Known(model.Config, 2), quantiles = new double[2 * 6 * 3];
        new Forecaster(model).ForecastQuantiles(windows, known, quantiles);
        AssertClose(Models.Quantiles(model, windows, known), quantiles, $"{distribution}");
    }

    [Fact]
    public void Forecast_KnownCovariatesThatDoNotFit_SaysWhatIsExpected()
    {
        var forecaster = new Forecaster(Models.Random(Models.Covariates(Peephole.None)));
        double[] windows = Models.Windows(forecaster.Config, 2), known = Models.Known(forecaster.Config, 2), forecasts = new double[12];
        string needed = "values of known covariates, but 2 windows need 12: 3 steps of input 2, input 0 each";
        Refusal.Of(ErrorKind.Usage, $"0 {needed}", () => forecaster.Forecast(windows, forecasts));
        Refusal.Of(ErrorKind.Usage, $"11 {needed}", () => forecaster.Forecast(windows, known.AsSpan(1), forecasts));
        known[6 + 3] = double.NaN;
        Refusal.Of(ErrorKind.BadData, "window 2, step 2 after its end, column 'input 0': NaN is not a finite number", () => forecaster.Forecast(windows, known, forecasts));

        var without = new Forecaster(Models.Random(Models.Config(Peephole.None)));
        Refusal.Of(ErrorKind.Usage, "this model sees no covariates that are known in advance", () => without.Forecast(Models.Windows(without.Config, 1), known, new double[4]));
    }

    [Fact]
    public void Forecast_SinglePrecision_IsThatOfTheSameValues()
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        float[] windows = [.. Models.Windows(model.Config, 2).Select(value => (float)value)];
        float[] forecasts = new float[2 * 4];
        new Forecaster(model).Forecast(windows, forecasts);
        Assert.Equal(Forecasts(new Forecaster(model), [.. windows.Select(value => (double)value)]).Select(value => (float)value), forecasts);
    }

    [Fact]
    public void Forecast_OfABiasAlone_OrdersStepsThenTargetsInTheirUnits()
    {
        ForecasterConfig config = Models.Config(Peephole.Diagonal);
        SafetensorsTensor[] weights = [.. Models.Random(config).Tensors.Select(tensor => tensor.Name switch
        {
            "head.weight" => SafetensorsTensor.FromFloats(tensor.Name, tensor.Shape, new float[4 * 5]),
            "head.bias" => SafetensorsTensor.FromFloats(tensor.Name, tensor.Shape, [1, 2, 3, 4]),
            _ => tensor,
        })];

        // Target 0 is 100 + 2 · scaled, target 1 is 200 + 7 · scaled.
        Assert.Equal([102.0, 214, 106, 228], Forecasts(new Forecaster(new ModelFile(config, weights)), Models.Windows(config, 1)));
    }

    [Fact]
    public void Forecast_ValueWithoutALogarithm_IsRefusedByName()
    {
        ForecasterConfig config = Models.Transformed(Peephole.Full);
        var forecaster = new Forecaster(Models.Random(config));
        double[] windows = Models.Windows(config, 1), forecast = new double[forecaster.ForecastSize];
        windows[(2 * 3) + 2] = -1;
        forecaster.Forecast(windows, forecast);
        windows[(2 * 3) + 1] = -1;
        Refusal.Of(ErrorKind.BadData, "window 1, row 3, column 'input 1': -1 is not above 0, and this model takes logarithms", () => forecaster.Forecast(windows, forecast));
    }

    [Fact]
    public void Forecast_OfNoWindow_DoesNothing() => new Forecaster(Models.Random(Models.Config(Peephole.Full))).Forecast([], (Span<float>)[]);

    [Fact]
    public void Forecast_WrongSizes_SaysWhatIsExpected()
    {
        var forecaster = new Forecaster(Models.Random(Models.Config(Peephole.Full)));
        Refusal.Of(ErrorKind.Usage, "22 values are not whole windows: one has 7 rows of 3 columns, 21 values", () => forecaster.Forecast(new float[22], new float[4]));
        Refusal.Of(ErrorKind.Usage, "there is room for 7 values, but the forecasts of 2 windows take 8: 2 steps of 2 targets each", () => forecaster.Forecast(new double[42], new double[7]));
        Refusal.Of(ErrorKind.Usage, "threads is 0", () => forecaster.Forecast(new double[42], new double[8], 0));
    }

    [Theory]
    [InlineData(double.NaN, "NaN is not a finite number")]
    [InlineData(double.NegativeInfinity, "-Infinity is not a finite number")]
    [InlineData(1e300, "1E+300 is too large for the scale of this model")]
    public void Forecast_ValueThatCannotBeUsed_NamesItsPlace(double value, string what)
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        var forecaster = new Forecaster(model);
        double[] windows = Models.Windows(model.Config, 60), forecasts = new double[60 * 4];
        windows[(50 * 21) + (4 * 3) + 1] = value;
        foreach (int threads in (int[])[1, 2])
            Refusal.Of(ErrorKind.BadData, $"window 51, row 5, column 'input 1': {what}", () => forecaster.Forecast(windows, forecasts, threads));

        // What ran into the error is as good as before.
        windows[(50 * 21) + (4 * 3) + 1] = 0;
        AssertClose(Models.Forecast(model, windows), Forecasts(forecaster, windows), "afterwards");
    }

    [Fact]
    public void Forecast_OfASizeThatWasThereBefore_AllocatesNothing()
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        var forecaster = new Forecaster(model);
        double[] windows = Models.Windows(model.Config, 100), forecasts = new double[100 * 4];
        void ForecastSome()
        {
            forecaster.Forecast(windows, forecasts, threads: 1);
            forecaster.Forecast(windows.AsSpan(0, 21), forecasts.AsSpan(0, 4));
            forecaster.Forecast(windows.AsSpan(0, 63), forecasts.AsSpan(0, 12));
        }

        ForecastSome();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
            ForecastSome();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Forecast_FromManyThreads_GivesEachItsOwn()
    {
        ModelFile model = Models.Random(Models.Config(Peephole.Full));
        var forecaster = new Forecaster(model);
        double[][] windows = [.. Enumerable.Range(0, 8).Select(n => Models.Windows(model.Config, 1 + (7 * n), seed: n))];
        double[][] expected = [.. windows.Select(values => Forecasts(forecaster, values, threads: 1))];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, n => Assert.Equal(expected[n % 8], Forecasts(forecaster, windows[n % 8], threads: 1)));
    }

    [Fact]
    public void Load_RunDirectoryAndFile_GiveTheSameModel()
    {
        using var folder = new TemporaryFolder();
        ModelFile model = Models.Random(Models.Config(Peephole.Diagonal));
        ModelFile.Write(folder.File(ModelFile.DefaultName), model.Config, model.Tensors);
        double[] windows = Models.Windows(model.Config, 1);
        Assert.Equal(Forecasts(new Forecaster(model), windows), Forecasts(Forecaster.Load(folder.Path), windows));
        Assert.Equal(Forecasts(new Forecaster(model), windows), Forecasts(Forecaster.Load(folder.File(ModelFile.DefaultName)), windows));
    }

    [Fact]
    public void Load_MissingOrDamagedFile_NamesIt()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File(ModelFile.DefaultName);
        Refusal.Of(ErrorKind.NotFound, file, () => Forecaster.Load(file));
        ModelFile model = Models.Random(Models.Config(Peephole.Diagonal));
        ModelFile.Write(file, model.Config, model.Tensors);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Refusal.Of(ErrorKind.Damaged, file, () => Forecaster.Load(folder.Path));
    }

    [Fact]
    public void Forecaster_OfAHugeContext_IsRefused() => Refusal.Of(
        ErrorKind.Usage, "a context of 2147483647 rows", () => _ = new Forecaster(Models.Random(Models.Config(Peephole.Full) with { ContextLength = int.MaxValue })));

    [Fact]
    public void Assembly_NeedsNothingButTheFrameworkAndCanBeTrimmed()
    {
        Assembly runtime = typeof(Forecaster).Assembly;
        Assert.All(runtime.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
        Assert.Contains(runtime.GetCustomAttributes<AssemblyMetadataAttribute>(), data => data is { Key: "IsTrimmable", Value: "True" });
    }
}
