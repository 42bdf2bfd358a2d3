using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Experiments;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Experiments;

public sealed class LongHorizonExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static LongHorizonExperiment Small { get; } = LongHorizonExperiment.Etth1 with
    {
        Borders = _ => new ChronologicalSplit(40, 60, 100),
        Horizons = [2],
        Options = new RunOptions { Target = ["a", "b"], Wide = true, ContextLength = 8, HiddenSize = [3], Scaler = 0, Epochs = 1, Seasonality = 4 },
        Published = [("nobody", [1])],
    };

    /// <summary>
    /// a = t, whose training rows 0 … 39 have a standard deviation of √((40² − 1) / 12); b is its negative. The last value misses
    /// the two steps by 1 and 2, the mean of the last 4 by 2.5 and 3.5.
    /// </summary>
    [Fact]
    public void Run_OfALine_StandardizesAndScoresTheNaiveForecasts()
    {
        string rows = string.Concat(Enumerable.Range(0, 120).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t},{-t}\n")));
        HorizonScore score = Assert.Single(Small.Run(_folder.Write("data.csv", $"a,b\n{rows}"), Small.Options, seeds: 2));
        double variance = ((40 * 40) - 1) / 12.0;

        Assert.Equal((1 + 4) / 2.0 / variance, score.LastValue, 1e-12);
        Assert.Equal(((2.5 * 2.5) + (3.5 * 3.5)) / 2 / variance, score.LastSeason, 1e-12);
        Assert.Equal(2, score.Mse.Values.Count);
        Assert.Equal(score.Mse.Values.Average(), score.Mse.Mean, 1e-12);
        Assert.Equal([("nobody", 1.0)], score.Published);
    }

    [Fact]
    public void Run_TooFewRows_IsRefused()
    {
        string data = _folder.Write("data.csv", "a,b\n1,2\n3,4\n");
        var error = Assert.Throws<LstmTorchException>(() => Small.Run(data, Small.Options, seeds: 1));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("2 rows, but etth1 needs 100", error.Message, StringComparison.Ordinal);
    }
}
