using LstmTorch.Experiments;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Experiments;

public sealed class M4HourlyExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Two series by hand: errors of 1 on values of 10, and of 2 on values of 100.</summary>
    [Fact]
    public void Score_TwoSeries_IsTheMeanOfTheirOwn()
    {
        double[][] history = [[0, 4, 1, 5], [0, 0, 8, 8]], future = [[10, 10], [100, 100]];
        M4Score score = M4Score.Of(history, future, [11, 9, 102, 98], seasonality: 2, naive2Smape: 10, naive2Mase: 5);

        double smape = ((200.0 / 21) + (200.0 / 19) + (400.0 / 202) + (400.0 / 198)) / 4, mase = ((1 / 1.0) + (2 / 8.0)) / 2;
        Assert.Equal(smape, score.Smape, 1e-12);
        Assert.Equal(mase, score.Mase, 1e-12);
        Assert.Equal(((smape / 10) + (mase / 5)) / 2, score.Owa, 1e-12);
    }

    [Fact]
    public void Run_SeriesOfDifferentLengths_ScoresModelAndBaselines()
    {
        static string Row(string id, int start, int count) => $"{id},{string.Join(',', Enumerable.Range(start, count).Select(t => FormattableString.Invariant($"{10 + (t % 24) + (0.5 * (t / 24))}")))}";
        string header = string.Join(',', Enumerable.Range(1, 121).Select(n => $"V{n}"));
        string training = _folder.Write("train.csv", $"{header}\n{Row("H1", 0, 120)}\n{Row("H2", 5, 100)}{new string(',', 20)}\n");
        string test = _folder.Write("test.csv", $"{header[..header.IndexOf(",V50", StringComparison.Ordinal)]}\n{Row("H2", 105, 48)}\n{Row("H1", 120, 48)}\n");
        RunOptions options = M4HourlyExperiment.Options with { ContextLength = 48, HiddenSize = [4], Epochs = 1 };
        List<string> told = [];
        var scores = M4HourlyExperiment.Run(training, test, options, seeds: 2, told.Add);

        // Each day is 0.5 above the one before: the seasonal naive forecast misses the first day by 0.5 and the second by 1.
        Assert.Equal(["model", "naive", "seasonal naive (24)", "drift", "season's mean (24)", "linear", "theta"], scores.Select(entry => entry.Method));
        Assert.Equal(0.75 / 0.5, scores[2].Score.Mase, 1e-12);
        Assert.Equal(2, told.Count);
        Assert.StartsWith("seed 1: ", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ContextLongerThanASeries_IsRefused()
    {
        string training = _folder.Write("train.csv", $"id,v\nH1,{string.Join(',', Enumerable.Range(1, 400))}\nH2,{string.Join(',', Enumerable.Range(1, 150))}\n");
        var error = Assert.Throws<LstmTorchException>(() => M4HourlyExperiment.Run(training, null, M4HourlyExperiment.Options with { ContextLength = 120 }, seeds: 1));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("--context-length is 120; it must be at most 102", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TestFileOfOtherSeries_SaysWhichIsMissing()
    {
        string training = _folder.Write("train.csv", $"id,v\nH1,{string.Join(',', Enumerable.Range(1, 400))}\n"), test = _folder.Write("test.csv", "id,v\nH2,1\n");
        var error = Assert.Throws<LstmTorchException>(() => M4HourlyExperiment.Run(training, test, M4HourlyExperiment.Options, seeds: 1));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("'H1'", error.Message, StringComparison.Ordinal);
    }
}
