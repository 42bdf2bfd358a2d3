using LstmTorch.Sweeping;
using Xunit;

namespace LstmTorch.Tests.Sweeping;

public class SuccessiveHalvingTests
{
    private const int Factor = 3;

    private static readonly IReadOnlyList<int> s_rungs = [1, 3, 9];

    [Theory]
    [InlineData(100, null, 100)]
    [InlineData(81, 3, 3, 9, 27, 81)]
    [InlineData(100, 3, 3, 11, 33, 100)]
    [InlineData(1000, 2, 125, 250, 500, 1000)]
    [InlineData(5, 3, 1, 5)]
    [InlineData(1, 3, 1)]
    public void Rungs_OfSomeEpochs_AreSharesOfThem(int epochs, int? factor, params int[] expected) => Assert.Equal(expected, SuccessiveHalving.Rungs(epochs, factor));

    [Fact]
    public void Candidates_BeforeAnyResult_AreAllTrialsAtTheFirstRung() =>
        Assert.Equal([(0, 1), (1, 1), (2, 1)], Candidates(3));

    [Fact]
    public void Candidates_OfTwoResults_AreNoneOfThem() =>
        Assert.Equal([(2, 1), (3, 1)], Candidates(4, Paused(0, (1, 5.0)), Paused(1, (1, 4.0))));

    /// <summary>The best third goes on before anything new is begun, the least score first.</summary>
    [Fact]
    public void Candidates_OfSixResults_AreTheBestTwo() => Assert.Equal(
        [(4, 3), (1, 3), (6, 1)],
        Candidates(7, [.. new[] { 6.0, 2, 5, 4, 1, 3 }.Select((score, trial) => Paused(trial, (1, score)))]));

    /// <summary>Trial 1 has come further, and counts at the first rung by what it came to there: of six, the best two are 1 and 3.</summary>
    [Fact]
    public void Candidates_CountThoseThatHaveComeFurther() => Assert.Equal(
        [(3, 3)],
        Candidates(6, Paused(0, (1, 6.0)), Paused(1, (1, 1.0), (3, 9.0)), Paused(2, (1, 5.0)), Paused(3, (1, 2.0)), Paused(4, (1, 4.0)), Paused(5, (1, 3.0))));

    /// <summary>One whose patience ended before a rung is at that rung with what it came to, and needs no promotion.</summary>
    [Fact]
    public void Candidates_CountThoseThatEndedEarly() => Assert.Empty(
        Candidates(3, Paused(0, (1, 5.0)), new TrialResult(1, TrialState.Finished, 1, Scores((1, 1.0)), 0), Paused(2, (1, 4.0))));

    [Fact]
    public void Candidates_OfHigherRungsComeFirst() => Assert.Equal(
        [(2, 9), (3, 3)],
        Candidates(9, [Paused(0, (1, 1.0), (3, 3.0)), Paused(1, (1, 2.0), (3, 4.0)), Paused(2, (1, 2.5), (3, 2.0)), .. Enumerable.Range(3, 6).Select(trial => Paused(trial, (1, trial == 3 ? 0.5 : trial)))]));

    [Fact]
    public void Candidates_PassOverWhatHasFailed() => Assert.Equal(
        [],
        Candidates(3, new TrialResult(0, TrialState.Failed, 0, Scores(), 0, "diverged"), Paused(1, (1, 2.0)), Paused(2, (1, 3.0))));

    [Fact]
    public void Last_WhereNoneCameToTheEnd_IsTheBestOfThoseThatCameFurthest()
    {
        Dictionary<int, TrialResult> results = new[] { Paused(0, (1, 1.0)), Paused(1, (1, 5.0), (3, 4.0)), Paused(2, (1, 6.0), (3, 3.0)) }.ToDictionary(result => result.Trial);
        Assert.Equal((2, 9), SuccessiveHalving.Last(results, s_rungs));
        results[0] = new TrialResult(0, TrialState.Finished, 2, Scores((1, 1.0), (2, 8.0)), 0);
        Assert.Null(SuccessiveHalving.Last(results, s_rungs));
        Assert.Null(SuccessiveHalving.Last(new Dictionary<int, TrialResult>(), s_rungs));
    }

    private static (int, int)[] Candidates(int trials, params TrialResult[] results) =>
        [.. SuccessiveHalving.Candidates(trials, results.ToDictionary(result => result.Trial), s_rungs, Factor)];

    private static TrialResult Paused(int trial, params (int Epoch, double Score)[] scores) => new(trial, TrialState.Paused, scores[^1].Epoch, Scores(scores), 0);

    private static Dictionary<int, double> Scores(params (int Epoch, double Score)[] scores) => scores.ToDictionary(score => score.Epoch, score => score.Score);
}
