using LstmTorch.Runtime;
using LstmTorch.Sweeping;
using Xunit;

namespace LstmTorch.Tests.Sweeping;

public class SearchSpaceTests
{
    [Fact]
    public void Grid_HasEveryCombinationOnce() => Assert.Equal(
        [
            """{"peephole":"none","hidden_size":[2]}""", """{"peephole":"none","hidden_size":[3]}""",
            """{"peephole":"full","hidden_size":[2]}""", """{"peephole":"full","hidden_size":[3]}""",
        ],
        SearchSpace.Parse(["peephole=none/full", "hidden-size=2/3"]).Grid().Select(trial => trial.ToJsonString()));

    [Fact]
    public void Grid_OfARange_AsksForTheNumberOfTrials() => Assert.Contains(
        "--trials", Assert.Throws<LstmTorchException>(() => SearchSpace.Parse(["dropout=0..1"]).Grid()).Message, StringComparison.Ordinal);

    [Fact]
    public void Grid_OfTooMany_AsksForTheNumberOfTrials()
    {
        string[] vary = [.. new[] { "hidden-size", "seed", "ensemble", "batch-size", "epochs" }.Select(name => $"{name}={string.Join('/', Enumerable.Range(1, 7))}")];
        Assert.Contains("more than 10000", Assert.Throws<LstmTorchException>(() => SearchSpace.Parse(vary).Grid()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_BeginsWithTheOptionsAsTheyAre_AndHasNoneTwice()
    {
        var space = SearchSpace.Parse(["peephole=none/diagonal/full", "hidden-size=2/3"]);
        string[] drawn = [.. space.Draw(20, seed: 0, _ => true).Select(trial => trial.ToJsonString())];
        Assert.Equal("{}", drawn[0]);

        // Three times two, and no more.
        Assert.Equal(7, drawn.Length);
        Assert.Equal(space.Grid().Select(trial => trial.ToJsonString()).Order(), drawn[1..].Order());
    }

    [Fact]
    public void Draw_FollowsFromTheSeed_AndDrawsAnewWhatCannotBeUsed()
    {
        var space = SearchSpace.Parse(["dropout=0..0.9", "seed=0..1000000"]);
        string[] Drawn(long seed) => [.. space.Draw(5, seed, trial => !trial.ContainsKey("dropout") || (double)trial["dropout"]! < 0.1).Select(trial => trial.ToJsonString())];
        Assert.Equal(5, Drawn(3).Length);
        Assert.Equal(Drawn(3), Drawn(3));
        Assert.NotEqual(Drawn(3)[1], Drawn(4)[1]);
        Assert.NotEqual(Drawn(3)[1], Drawn(3 + (1L << 32))[1]);
    }

    [Fact]
    public void Parse_OfOneOptionTwice_IsRefused() => Assert.Contains(
        "--vary hidden-size stands there twice",
        Assert.Throws<LstmTorchException>(() => SearchSpace.Parse(["hidden-size=2/3", "hidden_size=4"])).Message,
        StringComparison.Ordinal);
}
