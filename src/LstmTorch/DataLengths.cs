using LstmTorch.Data;

namespace LstmTorch;

/// <summary>Chooses the lengths that the options leave to the data: <see cref="RunOptions.ContextLength"/> and <see cref="RunOptions.Seasonality"/>.</summary>
public static class DataLengths
{
    /// <summary>A context that is not told otherwise, where no lag stands out.</summary>
    private const int WithoutLag = 30;

    /// <summary>The options with numbers in place of <see cref="RunOptions.Auto"/>, by the training rows alone.</summary>
    /// <remarks>
    /// The season is the strongest recurring lag of a target. The context is the fewest whole seasons that cover that lag and the
    /// horizon, or, where no lag stands out, 30 rows and the horizon, but leaves room for windows: with the horizon it takes no more
    /// than half of the training rows.
    /// </remarks>
    /// <param name="options">The options.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    /// <param name="notice">Told, in one line each, what was chosen and why; may be null.</param>
    /// <returns>The same options where they leave nothing open.</returns>
    public static RunOptions Choose(RunOptions options, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, Action<string>? notice = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(set);
        if (options.ContextLength != RunOptions.Auto && options.Seasonality != RunOptions.Auto)
            return options;

        var (target, recurring) = Recurring(set, splits);
        string found = recurring is { } lag
            ? FormattableString.Invariant($"{target} resembles itself most after {lag.Lag} rows (autocorrelation {lag.Correlation:F2})")
            : "no lag stands out in the autocorrelations of the target";
        if (options.Seasonality == RunOptions.Auto)
        {
            options = options with { Seasonality = recurring?.Lag ?? set.Series[0].Time.DefaultSeasonality };
            notice?.Invoke($"--seasonality {options.Seasonality}: {found}");
        }

        if (options.ContextLength == RunOptions.Auto)
        {
            int season = options.Seasonality ?? set.Series[0].Time.DefaultSeasonality;
            season = season > 1 ? season : recurring?.Lag ?? 1;
            var (length, why) = Context(options, season, recurring?.Lag, splits);
            options = options with { ContextLength = length };
            notice?.Invoke($"--context-length {length}: {found}; {why}");
        }

        return options;
    }

    private static (string? Target, RecurringLag? Lag) Recurring(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits) => set.Targets
        .Select(target => ((string?)target, Autocorrelation.Strongest([.. set.Series.Select((series, s) =>
            series.Measured(target, splits[s].TrainEnd)[splits[s].TrainStart..].ToArray())])))
        .Where(entry => entry.Item2 is not null)
        .OrderByDescending(entry => entry.Item2!.Value.Correlation)
        .FirstOrDefault();

    private static (int Length, string Why) Context(RunOptions options, int season, int? strongest, IReadOnlyList<ChronologicalSplit> splits)
    {
        int patch = options.PatchLength;
        int[] rows = [.. splits.Select(split => split.TrainEnd - split.TrainStart).Order()];
        int most = Math.Max(patch, (rows[rows.Length / 2] / 2) - options.Horizon);
        int needed = Math.Max(strongest ?? WithoutLag, options.Horizon), wanted = (needed + season - 1) / season * season;
        string seasons = season > 1 ? FormattableString.Invariant($", in whole seasons of {season}") : string.Empty;
        string why = strongest is null
            ? FormattableString.Invariant($"{(needed > WithoutLag ? "the horizon is as long" : $"{WithoutLag} rows are the default")}{seasons}")
            : FormattableString.Invariant($"{Quantity.Of(wanted / season, "season")} of {season} cover that and the horizon");
        if (wanted > most)
        {
            // Whole seasons if there is room for one.
            (wanted, why) = (season > 1 && most >= season ? most / season * season : most, FormattableString.Invariant($"more would leave too few windows in {Quantity.Of(rows[rows.Length / 2], "training row")}"));
        }

        return wanted % patch == 0
            ? (wanted, why)
            : (Math.Max(patch, (wanted <= most - patch ? wanted + patch - 1 : wanted) / patch * patch), FormattableString.Invariant($"{why}; in whole patches of {patch}"));
    }
}
