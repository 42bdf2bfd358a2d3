namespace LstmTorch.Sweeping;

/// <summary>
/// Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, algorithm 2): every trial trains
/// for a few epochs, the best share 1/η of those goes on for η times as many, and so on up to all epochs. Nobody waits for all trials of a rung:
/// whoever is free takes the best that may go on by what is known.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>With three, the first rung is a 27th of the epochs for η = 3, below which a score tells little.</summary>
    private const int MostPromotions = 3;

    /// <summary>The epochs after which trials pause, ascending, all of them last.</summary>
    /// <param name="epochs">Of a whole training.</param>
    /// <param name="factor">η, at least 2; null for whole trainings only.</param>
    public static IReadOnlyList<int> Rungs(int epochs, int? factor)
    {
        var rungs = new List<int> { epochs };
        while (factor is { } share && rungs.Count <= MostPromotions && rungs[0] / share >= 1)
            rungs.Insert(0, rungs[0] / share);
        return rungs;
    }

    /// <summary>What may be trained next, the most promising first: which trial, and up to which epoch.</summary>
    /// <param name="trials">How many trials there are.</param>
    /// <param name="results">What is known of those that have run.</param>
    /// <param name="rungs">The epochs after which trials pause.</param>
    /// <param name="factor">η; null for whole trainings only.</param>
    public static IEnumerable<(int Trial, int Epochs)> Candidates(int trials, IReadOnlyDictionary<int, TrialResult> results, IReadOnlyList<int> rungs, int? factor)
    {
        for (int rung = rungs.Count - 2; rung >= 0; rung--)
        {
            // A trial that has come further, or to its end, is one of those that were here.
            int here = rungs[rung];
            TrialResult[] ranked = [.. results.Values.Where(result => result.Reached(here)).OrderBy(result => result.ScoreAt(here)).ThenBy(result => result.Trial)];
            foreach (TrialResult result in ranked.Take(ranked.Length / factor!.Value))
            {
                if (result.State == TrialState.Paused && result.Epochs < rungs[rung + 1])
                    yield return (result.Trial, rungs[rung + 1]);
            }
        }

        for (int trial = 0; trial < trials; trial++)
        {
            if (!results.ContainsKey(trial))
                yield return (trial, rungs[0]);
        }
    }

    /// <summary>
    /// What is left when there are no more candidates and nobody trains: the best of those that have come furthest goes on, if none has come to the
    /// end, as where there were fewer than η of them. Null if there is nothing left.
    /// </summary>
    public static (int Trial, int Epochs)? Last(IReadOnlyDictionary<int, TrialResult> results, IReadOnlyList<int> rungs)
    {
        if (results.Values.Any(result => result.State == TrialState.Finished))
            return null;
        TrialResult? best = results.Values.Where(result => result.State == TrialState.Paused).OrderByDescending(result => result.Epochs).ThenBy(result => result.Score).ThenBy(result => result.Trial).FirstOrDefault();
        return best is null ? null : (best.Trial, rungs.First(rung => rung > best.Epochs));
    }
}
