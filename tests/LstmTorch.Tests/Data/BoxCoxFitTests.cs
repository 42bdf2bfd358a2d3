using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class BoxCoxFitTests
{
    [Theory]
    [InlineData(0, 0.06)]
    [InlineData(0.5, 0.06)]
    [InlineData(1, 0.11)]
    public void MostLikely_OfTransformedNormalNumbers_IsTheirPower(double power, double tolerance)
    {
        // The likelihood's own spread for 4000 numbers is below a step or two of the grid.
        var random = new Random(4);
        double[] rows = [.. Enumerable.Range(0, 4000).Select(_ =>
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return new ColumnScaler(2.5, 0.3, power).InverseTransform(normal);
        })];
        Assert.InRange(BoxCoxFit.MostLikely(rows), power - tolerance, power + tolerance);
    }

    [Fact]
    public void MostLikely_OfOneValue_ChangesNothing() => Assert.Equal(1, BoxCoxFit.MostLikely([3, 3, double.NaN, 3]));

    [Fact]
    public void Run_ValueThatHasNoLogarithm_IsNamedBeforeAnyWork()
    {
        using var folder = new TemporaryFolder();
        string data = SmallSeries.Write(folder, change: (values, row) => values[0] = row == 40 ? 0 : values[0]);
        LstmTorchException error = Assert.Throws<LstmTorchException>(() =>
            TrainingRun.Run(SmallSeries.Options(data, folder.File("run")) with { Transform = TargetTransform.Log }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("2024-02-10: column 'level' is 0, but --transform log needs values above 0", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Theory]
    [InlineData(TargetTransform.Log)]
    [InlineData(TargetTransform.BoxCox)]
    public void Run_Transformed_TransformsTheTargetAloneAndForecastsInOriginalUnits(TargetTransform transform)
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Transform = transform };
        RunResult run = TrainingRun.Run(options);
        ColumnScaler[] inputs = [.. run.Config.InputScalers];
        Assert.Equal(run.Config.TargetScalers[0], inputs[0]);
        Assert.NotNull(inputs[0].Power);
        Assert.Null(inputs[1].Power);

        // The training rows' smallest and largest value are 0 and 1 on the scale, whatever the power.
        TimeSeriesSet set = TrainingRun.Read(options);
        double[] training = [.. set.Series[0].Column("level")[..42].ToArray().Select(inputs[0].Transform)];
        Assert.Equal(0, training.Min(), 12);
        Assert.Equal(1, training.Max(), 12);

        // By libtorch and by the runtime.
        using TrainedModel slow = TrainedModel.Load(run.Directory.Path, kernel: "reference"), fast = TrainedModel.Load(run.Directory.Path);
        double[] expected = [.. slow.PredictAll(set).Select(row => row.Forecast)], actual = [.. fast.PredictAll(set).Select(row => row.Forecast)];
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5 * pair.First));
        Assert.All(actual, forecast => Assert.InRange(forecast, 3, 25));
    }
}
