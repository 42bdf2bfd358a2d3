namespace LstmTorch.Data;

/// <summary>The inputs whose level is what they say, so that window normalization must not take it from them.</summary>
internal static class LevelColumns
{
    /// <summary>The calendar, names, what is known in advance, and what is constant in the training rows of each of several series, such as the size of a store.</summary>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    public static IReadOnlyList<string> Of(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits) =>
        [.. set.Inputs.Where(input => !set.Targets.Contains(input) && (set.IsDerived(input) || set.FutureCovariates.Contains(input) || IsStatic(set, splits, input)))];

    private static bool IsStatic(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, string input) =>
        set.Series.Count > 1 && set.Series.Zip(splits).All(pair => pair.Second.TrainEnd == 0 || !pair.First.Column(input)[..pair.Second.TrainEnd].ContainsAnyExcept(pair.First.Column(input)[0]));
}
