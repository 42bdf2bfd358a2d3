using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using Xunit;

namespace LstmTorch.Tests;

/// <summary>What a trained model may know: the past, and of the rows after an origin the covariates that are known in advance.</summary>
public sealed class KnownCovariatesTests
{
    private const int Origin = 40, Horizon = 3;

    private static readonly DateTime s_start = new(2024, 1, 1);

    [Fact]
    public void Forecast_ChangesWithKnownCovariatesOfItsHorizonAndWithNothingElseAfterTheOrigin()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(Write(folder), folder.File("run")) with
        {
            Target = ["level"],
            Horizon = Horizon,
            PastCovariates = ["ahead"],
            FutureCovariates = ["price", "day"],
            Calendar = ["weekday"],
        };
        TrainingRun.Run(options);
        foreach (string kernel in (string[])["auto", "reference"])
        {
            using TrainedModel model = TrainedModel.Load(folder.File("run"), kernel: kernel);
            double[] Forecast(Func<int, string[], string[]>? change = null) =>
            [
                .. model.PredictAll(model.Read(Write(folder, change)))
                    .Where(row => row.Origin == s_start.AddDays(Origin).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Select(row => row.Forecast),
            ];

            double[] expected = Forecast();
            Assert.Equal(Horizon, expected.Length);
            Assert.Equal(expected, Forecast((row, cells) => row > Origin ? ["90", "-70", cells[2], cells[3]] : cells));
            Assert.Equal(expected, Forecast((row, cells) => row > Origin + Horizon ? [cells[0], cells[1], "50", "feast"] : cells));

            // One map serves all steps: what the second says moves the second alone.
            Assert.Equal([true, false, true], Forecast((row, cells) => row == Origin + 2 ? [cells[0], cells[1], "50", cells[3]] : cells).Zip(expected, (a, b) => a == b));
            Assert.Equal([true, true, false], Forecast((row, cells) => row == Origin + 3 ? [cells[0], cells[1], cells[2], cells[3] == "feast" ? "work" : "feast"] : cells).Zip(expected, (a, b) => a == b));
        }
    }

    /// <summary>A name that only rows after the training part have is no input, and what it does cannot leak.</summary>
    [Fact]
    public void Run_NamesOfLaterRows_AreToldOfAndNotLearned()
    {
        using var folder = new TemporaryFolder();
        var notices = new List<string>();
        RunOptions options = SmallSeries.Options(Write(folder, (row, cells) => row < 50 ? cells : [cells[0], cells[1], cells[2], "strike"]), folder.File("run")) with { FutureCovariates = ["day"], Epochs = 1 };
        RunResult run = TrainingRun.Run(options, new RunEvents(Notice: notices.Add));

        Assert.DoesNotContain("day=strike", run.Config.Inputs);
        Assert.Contains(notices, notice => notice.EndsWith("column 'day': no training row has day=strike, which cannot be learned", StringComparison.Ordinal));
    }

    /// <summary>What follows each price is the price: without it the future is a coin toss, with it the error is small.</summary>
    [Fact]
    public void Run_ATargetThatFollowsAKnownCovariate_IsLearned()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        string csv = "n,sales,price\n" + string.Concat(Enumerable.Range(0, 300).Select(row => (row, price: random.Next(2)))
            .Select(each => $"{each.row},{10 + (5 * each.price)},{each.price}\n"));
        File.WriteAllText(folder.File("coin.csv"), csv);
        RunOptions options = SmallSeries.Options(folder.File("coin.csv"), folder.File("run")) with { Horizon = 4, HiddenSize = [4], Epochs = 30 };

        Assert.True(TrainingRun.Run(options with { FutureCovariates = ["price"] }).Metrics!.Splits["test"].Model.Mae < 0.5);
        Assert.True(TrainingRun.Run(options with { Out = folder.File("without") }).Metrics!.Splits["test"].Model.Mae > 2);
    }

    /// <summary>Of a horizon with a gap the measured steps count, in the metrics and in the file.</summary>
    [Fact]
    public void Run_HorizonsWithGaps_ScoreWhatWasMeasured()
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, (row, cells) => row == 55 ? ["", cells[1], cells[2], cells[3]] : cells);
        RunOptions options = SmallSeries.Options(file, folder.File("run")) with { Target = ["level"], Horizon = 2, Missing = Runtime.Model.MissingValues.Interpolate, Epochs = 1, Intervals = [0.5] };
        RunResult run = TrainingRun.Run(options);

        string[][] rows = [.. File.ReadLines(run.Directory.Predictions).Skip(1).Select(line => line.Split(','))];
        string gap = s_start.AddDays(55).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(2, rows.Count(cells => cells[2] == gap));
        Assert.All(rows, cells => Assert.Equal(cells[2] == gap, cells[5].Length == 0));
        Assert.DoesNotContain(rows, cells => cells[1] == gap);
        double[] errors = [.. rows.Where(cells => cells[5].Length > 0).Select(cells => Math.Abs(Number(cells[5]) - Number(cells[6])))];
        Assert.Equal(errors.Average(), run.Metrics!.Splits["test"].Model.Mae!.Value, 1e-9);
    }

    [Fact]
    public void Run_WideColumns_AreForecastUnderTheirNames()
    {
        using var folder = new TemporaryFolder();
        RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Wide = true, Normalize = Runtime.Model.WindowNormalization.Last, Epochs = 1 };
        RunResult run = TrainingRun.Run(options);
        using TrainedModel model = TrainedModel.Load(folder.File("run"));
        IReadOnlyList<PredictionRow> next = model.PredictNext(model.Read(options.Data));

        Assert.Equal([("level", "value"), ("ahead", "value")], next.Select(row => (row.Series, row.Target)));
        Assert.Equal(["value"], run.Config.Inputs);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Sixty days: level, ahead, price and day, each row of which may be changed.</summary>
    private static string Write(TemporaryFolder folder, Func<int, string[], string[]>? change = null)
    {
        string[] lines = SmallSeries.Csv().TrimEnd().Split('\n');
        IEnumerable<string> rows = lines.Skip(1).Select((line, row) =>
        {
            string[] cells = [.. line.Split(',').Skip(1), $"{row * 7 % 5}", row % 3 == 0 ? "feast" : row % 3 == 1 ? "work" : string.Empty];
            return $"{line.Split(',')[0]},{string.Join(',', change?.Invoke(row, cells) ?? cells)}\n";
        });
        string file = folder.File("known.csv");
        File.WriteAllText(file, $"{lines[0]},price,day\n{string.Concat(rows)}");
        return file;
    }
}
