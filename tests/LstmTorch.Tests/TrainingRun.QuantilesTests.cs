using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests;

/// <summary>Runs whose forecasts have quantiles.</summary>
public sealed class TrainingRunQuantilesTests
{
    public static TheoryData<ForecastLoss> Losses => [ForecastLoss.Quantile, ForecastLoss.Gaussian, ForecastLoss.StudentT];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Run_WithALossOfQuantiles_WritesThemAndTheirMetrics(ForecastLoss loss)
    {
        using var folder = new TemporaryFolder();
        RunResult run = TrainingRun.Run(SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with
        {
            Epochs = 1,
            Loss = loss,
            Quantiles = [0.3, 0.9],
            Intervals = [0.6],
            Ensemble = 2,
        });

        // 0.5, and the ends 0.2 and 0.8 of the interval, come by themselves.
        double[] shares = [0.2, 0.3, 0.5, 0.8, 0.9];
        ForecasterConfig config = ModelFile.Read(run.Directory.Model).Config;
        Assert.Equal(shares, config.Quantiles);
        Assert.Equal(ForecastLosses.Distribution(loss), config.Distribution);
        string[][] cells = [.. File.ReadAllLines(run.Directory.Predictions).Select(line => line.Split(','))];
        Assert.Equal(["forecast", "lower_60", "upper_60", "q0.2", "q0.3", "q0.5", "q0.8", "q0.9"], cells[0][^8..]);
        foreach (string[] row in cells[1..])
        {
            double[] numbers = [.. row[^8..].Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(numbers[0], numbers[5]);
            Assert.True(numbers[1] <= numbers[0] && numbers[0] <= numbers[2]);
            Assert.Equal(numbers[3..], numbers[3..].Order());
        }

        // The file's columns give the file's metrics.
        QuantileMetrics test = run.Metrics!.Splits["test"].Quantiles!;
        Assert.Equal(shares, test.Each.Select(quantile => quantile.Share));
        Assert.Equal(
            cells[1..].Average(row => Number(row, "q0.2") >= Number(row, "actual") ? 1.0 : 0), test.Each[0].Observed, 1e-12);
        Assert.Equal(cells[1..].Average(row => Number(row, "q0.8") - Number(row, "q0.2")), test.Intervals.Single().Width, 1e-9);
        RunMetrics read = MetricsJson.Deserialize(File.ReadAllText(run.Directory.Metrics), "metrics.json");
        Assert.Equal(test.Crps, read.Splits["test"].Quantiles!.Crps);

        double Number(string[] row, string name) => double.Parse(row[Array.IndexOf(cells[0], name)], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Whatever comes after an origin, the quantiles of its forecast stay to the bit.</summary>
    [Theory]
    [MemberData(nameof(Losses))]
    public void Quantiles_AfterTheFutureHasChanged_AreTheSame(ForecastLoss loss)
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("unused")) with { Epochs = 1, Loss = loss, Normalize = WindowNormalization.Revin };
        TimeSeriesSet set = TrainingRun.Read(options);
        ChronologicalSplit[] splits = [ChronologicalSplit.Of(set.Rows, 0.2, 0.2)];
        Forecaster model = ModelFit.Train(options, set, splits);
        TimeSeries series = set.Series[0];
        int origin = set.Rows - 10;
        TimeSeriesSet other = set with
        {
            Series = [new TimeSeries(series.Id, series.Time, series.Columns, [.. series.Columns.Select(column => series.Column(column).ToArray().Select((value, row) => row > origin ? 1e3 - value : value).ToArray())])],
        };
        var windows = WindowIndex.Of([new(origin + 1 + options.Horizon, 0, 0)], Part.Train, options.ContextLength, options.Horizon);

        Assert.Equal(WindowForecasts.Of(model, set, windows).Quantiles!, WindowForecasts.Of(model, other, windows).Quantiles!);
        Assert.Equal(origin, windows[windows.Count - 1].Origin);

        // And what is learned does not see the test part.
        Assert.Equal(
            WindowForecasts.Of(model, set, windows).Quantiles!, WindowForecasts.Of(ModelFit.Train(options, other, splits), set, windows).Quantiles!);
    }

    [Fact]
    public void Validate_QuantilesThatCannotBe_AreRefused()
    {
        Refusal("--quantiles needs a loss that learns them", new RunOptions { Quantiles = [0.1] });
        Refusal("--quantiles is 1; it must be a share", new RunOptions { Loss = ForecastLoss.Quantile, Quantiles = [0.1, 1] });
        Refusal("a likelihood counts all series alike", new RunOptions { Loss = ForecastLoss.StudentT, BalanceSeries = true });
        new RunOptions { Loss = ForecastLoss.Quantile, BalanceSeries = true }.Validate();
        foreach (ForecastLoss loss in (ForecastLoss[])[ForecastLoss.Quantile, ForecastLoss.Gaussian, ForecastLoss.StudentT])
        {
            var differences = new RunOptions { Loss = loss, Normalize = WindowNormalization.Difference, Horizon = 2 };
            Refusal("the quantiles of a sum are not the sum of the quantiles", differences);
            (differences with { Horizon = 1 }).Validate();
        }

        new RunOptions { Normalize = WindowNormalization.Difference, Horizon = 2 }.Validate();
        Assert.Equal([0.1, 0.5, 0.9], new RunOptions { Loss = ForecastLoss.Gaussian }.ForecastQuantiles);
        Assert.Equal([0.025, 0.1, 0.5, 0.9, 0.975], new RunOptions { Loss = ForecastLoss.Quantile, Intervals = [0.8, 0.95] }.ForecastQuantiles);
        Assert.Empty(new RunOptions { Intervals = [0.8] }.ForecastQuantiles);
    }

    private static void Refusal(string words, RunOptions options)
    {
        LstmTorchException error = Assert.Throws<LstmTorchException>(options.Validate);
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
