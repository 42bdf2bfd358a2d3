using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Explaining;

public sealed class ExplainerTests
{
    [Fact]
    public void Explain_TrainedModel_IsAboutTheForecastsThatItGives()
    {
        using var folder = new TemporaryFolder();
        RunConfig run = Train(folder, out string directory);
        using TrainedModel model = TrainedModel.Load(directory);
        TimeSeriesSet set = model.Read(folder.File("small.csv"));
        IReadOnlyList<ChronologicalSplit> splits = run.SplitsOf(set)!;
        using Explainer explainer = Explainer.Of(ModelFile.Read(directory));
        Explanation explanation = explainer.Explain(set, new WindowChoice(), new ExplainOptions { Step = 2 }, splits);

        string testFrom = run.Data.Series[0].TestFrom;
        PredictionRow[] rows = [.. model.PredictAll(set).Where(row => row.Step == 2 && string.CompareOrdinal(set.Series[0].Time.Format(Row(set, row.Origin) + 1), testFrom) >= 0)];
        TargetExplanation target = Assert.Single(explanation.Targets);
        Assert.Equal(rows.Length, explanation.Windows);

        // float32 on both sides, of numbers about 10.
        Assert.Equal(rows.Average(row => row.Forecast), target.Forecast, 1e-5);
        Assert.Equal(rows.Average(row => Math.Abs(row.Forecast - row.Actual!.Value)), target.Mae!.Value, 1e-5);
        Assert.True(target.Completeness.LargestError < 1e-3 * target.Completeness.Difference, $"{target.Completeness}");
        Assert.True(target.Completeness.Holds);
        Assert.Equal(1, target.Inputs.Sum(input => input.Share!.Value), 1e-9);
        Assert.All(target.Inputs, input => Assert.True(input.Shuffled!.Deviation > 0));

        // The rows of the CSV file are the same numbers once more.
        AttributionRow[] each = [.. explanation.Rows];
        Assert.Equal(explanation.Windows * 2 * 4, each.Length);
        Assert.Equal(target.Inputs[1].Contribution, each.Where(row => row.Input == "ahead").Sum(row => row.Attribution) / explanation.Windows, 1e-9);
        Assert.Equal(
            target.Inputs[0].Past[1], each.Where(row => row is { Input: "level", Step: -1 }).Average(row => Math.Abs(row.Attribution)), 1e-9);
        Assert.Equal(["5", "3"], explanation.Layers.Select(layer => $"{layer.Units}"));
        Assert.Equal(4, explanation.Layers[1].Course.Forget.Count);
    }

    /// <summary>Neither what comes after an origin, nor the baseline, which is of training rows, changes the attributions of its window.</summary>
    [Fact]
    public void Explain_RowsAfterTheOrigin_ChangeNothing()
    {
        using var folder = new TemporaryFolder();
        RunConfig run = Train(folder, out string directory);
        ChronologicalSplit[] splits = [.. run.Data.Series.Select(series => new ChronologicalSplit(series.TrainEnd, series.ValidationEnd, series.End))];
        using TrainedModel model = TrainedModel.Load(directory);
        using Explainer explainer = Explainer.Of(ModelFile.Read(directory));
        Explanation Explain(Action<double[], int>? change = null) => explainer.Explain(
            model.Read(SmallSeries.Write(folder, change: change)), new WindowChoice { Origin = "2024-02-24" }, new ExplainOptions(), splits);

        Explanation explanation = Explain();
        double[] expected = [.. explanation.Rows.Select(row => row.Attribution)];
        Assert.Contains(expected, attribution => attribution != 0);
        Assert.Null(explanation.Targets[0].Mae);
        Assert.Equal(expected, Explain((values, row) => (values[0], values[1]) = row > 54 ? (900, -500) : (values[0], values[1])).Rows.Select(row => row.Attribution));
        Assert.NotEqual(expected, Explain((values, row) => values[0] += row == 54 ? 1 : 0).Rows.Select(row => row.Attribution));
    }

    /// <summary>Contributions and the baseline make the forecast.</summary>
    [Fact]
    public void Explain_OneWindow_AddsUpToItsForecast()
    {
        using var folder = new TemporaryFolder();
        RunConfig run = Train(folder, out string directory);
        using Explainer explainer = Explainer.Of(ModelFile.Read(directory));
        using TrainedModel model = TrainedModel.Load(directory);
        TimeSeriesSet set = model.Read(folder.File("small.csv"));
        TargetExplanation target = explainer.Explain(set, new WindowChoice { Origin = "2024-02-29" }, new ExplainOptions(), run.SplitsOf(set)).Targets[0];

        double next = model.PredictNext(set).Average(row => row.Forecast);
        Assert.Equal(next, target.Forecast, 1e-5);
        Assert.Equal(next, target.BaselineForecast + target.Inputs.Sum(input => input.Contribution), 1e-3);
    }

    [Theory]
    [InlineData("--points is 0; it must be at least 1", 0, 1, null)]
    [InlineData("--repeats is -1; it must be at least 0", 1, -1, null)]
    [InlineData("--step is 3; the model forecasts steps 1 to 2", 1, 1, 3)]
    [InlineData("--step is 0; the model forecasts steps 1 to 2", 1, 1, 0)]
    public void Validate_OutOfRange_SaysTheRange(string expected, int points, int repeats, int? step) => Assert.Equal(
        expected, Assert.Throws<LstmTorchException>(() => new ExplainOptions { Points = points, Repeats = repeats, Step = step }.Validate(2)).Message);

    private static RunConfig Train(TemporaryFolder folder, out string directory)
    {
        directory = folder.File("run");
        return RunConfig.Read(TrainingRun.Run(SmallSeries.Options(SmallSeries.Write(folder), directory) with { Horizon = 2, Target = ["level"], Epochs = 10 }).Directory.Config);
    }

    private static int Row(TimeSeriesSet set, string moment) => Enumerable.Range(0, set.Series[0].Length).Single(row => set.Series[0].Time.Format(row) == moment);
}
