using System.Text.Json.Nodes;
using LstmTorch.Sweeping;
using Xunit;

namespace LstmTorch.Tests.Sweeping;

public class SweepStandingTests
{
    [Fact]
    public void Effects_OfValues_AreTheirBestAndMedian()
    {
        SweepStanding standing = Standing(["peephole=none/full"], null, ("""{"peephole":"none"}""", 4), ("""{"peephole":"full"}""", 1), ("""{"peephole":"none"}""", 2), ("""{"peephole":"none"}""", 3), ("""{"peephole":"full"}""", 2), ("{}", 0));
        Assert.Equal([new OptionEffect("peephole", "none", 3, 2, 3), new OptionEffect("peephole", "full", 2, 1, 1.5)], standing.Effects());
    }

    [Fact]
    public void Effects_OfARange_AreThoseOfItsThirds()
    {
        SweepStanding standing = Standing(["dropout=0..0.9"], null, [.. Enumerable.Range(1, 7).Select(n => ($$"""{"dropout":0.{{8 - n}}}""", (double)(n * n)))]);
        Assert.Equal(
            [new OptionEffect("dropout", "0.1..0.2", 2, 36, 42.5), new OptionEffect("dropout", "0.3..0.4", 2, 16, 20.5), new OptionEffect("dropout", "0.5..0.7", 3, 1, 4)],
            standing.Effects());
        Assert.Empty(Standing(["dropout=0..0.9"], null, ("""{"dropout":0.1}""", 1)).Effects());
    }

    /// <summary>Trials that went on are compared where all have been.</summary>
    [Fact]
    public void Effects_WithHalving_AreThoseOfTheFirstPause()
    {
        SweepStanding standing = Standing(["seed=1/2"], 2, ("""{"seed":1}""", 5), ("""{"seed":2}""", 7));
        var further = standing.Trials[0].Result with { Epochs = 4, Scores = new Dictionary<int, double> { [1] = 5, [4] = 0.5 } };
        standing = standing with { Trials = [standing.Trials[0] with { Result = further }, standing.Trials[1]] };
        Assert.Equal([new OptionEffect("seed", "1", 1, 5, 5), new OptionEffect("seed", "2", 1, 7, 7)], standing.Effects());
    }

    private static SweepStanding Standing(string[] vary, int? halving, params (string Options, double Score)[] trials)
    {
        JsonObject[] options = [.. trials.Select(trial => JsonNode.Parse(trial.Options)!.AsObject())];
        var plan = new SweepPlan(1, "a.csv", "0", SweepObjective.Mae, halving, vary, new RunOptions { Epochs = 8 }, options);
        return new SweepStanding(
            plan,
            [.. trials.Select((trial, n) => new RankedTrial(new TrialResult(n, TrialState.Paused, 1, new Dictionary<int, double> { [1] = trial.Score }, 0), options[n]))],
            null);
    }
}
