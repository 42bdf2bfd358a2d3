using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>One sample: the context ends with the origin, the horizon begins after it.</summary>
/// <param name="Series">The series, by its place in the set.</param>
/// <param name="Origin">The row of the last known step within the series.</param>
public readonly record struct Window(int Series, int Origin);

/// <summary>The windows of a part over all series, found by arithmetic: its memory grows with the series, not with the windows.</summary>
public sealed class WindowIndex
{
    private readonly (int Series, int FirstOrigin)[] _runs;
    private readonly int[] _ends;

    private WindowIndex(IEnumerable<(int Series, int FirstOrigin, int Count)> runs, int contextLength)
    {
        var filled = runs.Where(run => run.Count > 0).ToList();
        ContextLength = contextLength;
        _runs = [.. filled.Select(run => (run.Series, run.FirstOrigin))];
        _ends = new int[filled.Count];
        for (int n = 0; n < filled.Count; n++)
            _ends[n] = Count = checked(Count + filled[n].Count);
    }

    /// <summary>How many windows there are.</summary>
    public int Count { get; }

    /// <summary>How many past steps a window has, the origin included.</summary>
    public int ContextLength { get; }

    /// <summary>A window, by series, then by origin.</summary>
    public Window this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int found = Array.BinarySearch(_ends, index + 1);
            int run = found >= 0 ? found : ~found;
            int before = run == 0 ? 0 : _ends[run - 1];
            return new Window(_runs[run].Series, _runs[run].FirstOrigin + index - before);
        }
    }

    /// <summary>
    /// Every origin, stride 1, whose whole horizon lies inside the part. The context may reach back across the part's border,
    /// never before the first row of its series.
    /// </summary>
    /// <param name="splits">The split of each series.</param>
    /// <param name="part">The part.</param>
    /// <param name="contextLength">Past steps of a window, at least 1.</param>
    /// <param name="horizon">Future steps of a window, at least 1.</param>
    public static WindowIndex Of(IReadOnlyList<ChronologicalSplit> splits, Part part, int contextLength, int horizon)
    {
        ArgumentNullException.ThrowIfNull(splits);
        return new WindowIndex(
            splits.Select((split, series) =>
            {
                var (start, end) = split.Rows(part);
                int first = Math.Max(start - 1, contextLength - 1), last = end - horizon - 1;
                return (series, first, last - first + 1);
            }),
            contextLength);
    }

    /// <summary>
    /// As above, without the windows whose origin was missing and is filled, since it may be filled from the rows after it, and those
    /// in whose horizon no target was measured, since a forecast cannot be held against what nobody knows.
    /// </summary>
    /// <param name="set">The data.</param>
    /// <param name="splits">The split of each of its series.</param>
    /// <param name="part">The part.</param>
    /// <param name="contextLength">Past steps of a window, at least 1.</param>
    /// <param name="horizon">Future steps of a window, at least 1.</param>
    /// <param name="whole">Whether windows are left out as well in whose horizon any target was not measured.</param>
    public static WindowIndex Of(
        TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, Part part, int contextLength, int horizon, bool whole = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        WindowIndex all = Of(splits, part, contextLength, horizon);
        if (set.MissingFilled == 0)
            return all;

        var runs = new List<(int Series, int FirstOrigin, int Count)>();
        for (int run = 0; run < all._runs.Length; run++)
        {
            var (s, first) = all._runs[run];
            int count = all._ends[run] - (run == 0 ? 0 : all._ends[run - 1]);
            runs.AddRange(KnownRuns(set, s, first, count, horizon, whole));
        }

        return new WindowIndex(runs, contextLength);
    }

    /// <summary>Of each series the windows at every so many origins, from its first one in the list on.</summary>
    /// <param name="stride">Rows from origin to origin, at least 1.</param>
    public WindowIndex Every(int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (stride == 1)
            return this;
        var firsts = new Dictionary<int, int>();
        var kept = new List<(int Series, int FirstOrigin, int Count)>();
        for (int index = 0; index < Count; index++)
        {
            Window window = this[index];
            firsts.TryAdd(window.Series, window.Origin);
            if ((window.Origin - firsts[window.Series]) % stride == 0)
                kept.Add((window.Series, window.Origin, 1));
        }

        return new WindowIndex(kept, ContextLength);
    }

    /// <summary>Several lists of windows as one, in their order.</summary>
    /// <param name="lists">At least one, all of the same context length.</param>
    public static WindowIndex Concat(IReadOnlyList<WindowIndex> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        return new WindowIndex(
            lists.SelectMany(list => list._runs.Select((run, n) => (run.Series, run.FirstOrigin, list._ends[n] - (n == 0 ? 0 : list._ends[n - 1])))),
            lists[0].ContextLength);
    }

    /// <summary>One window a series, whose origin is the last row: what follows is not known yet.</summary>
    /// <param name="lengths">The rows of each series, at least the context's.</param>
    /// <param name="contextLength">Past steps of a window.</param>
    public static WindowIndex AtEnd(IReadOnlyList<int> lengths, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        return new WindowIndex(lengths.Select((length, series) => (series, length - 1, length >= contextLength ? 1 : 0)), contextLength);
    }

    /// <summary>One window a series, whose origin is the last row; a series that is shorter than the context has none.</summary>
    /// <param name="set">The data.</param>
    /// <param name="contextLength">Past steps of a window.</param>
    /// <exception cref="LstmTorchException">Every series is shorter than the context.</exception>
    public static WindowIndex AtEnd(TimeSeriesSet set, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(set);
        int[] lengths = [.. set.Series.Select(series => series.Length)];
        if (lengths.Max() is var longest && longest >= contextLength)
            return AtEnd(lengths, contextLength);

        string which = lengths.Length > 1 ? "the longest series has" : longest == 1 ? "there is" : "there are";
        throw new LstmTorchException(
            ErrorKind.BadData, $"{set.SourceName}: {which} {Quantity.Of(longest, "row")}, but the model looks back on {contextLength}");
    }

    /// <summary>As above, for a model; where it sees covariates that are known in advance, they are known for its whole horizon.</summary>
    /// <param name="set">The data.</param>
    /// <param name="config">The model's description.</param>
    /// <exception cref="LstmTorchException">Every series is shorter than the context, or covariates after an origin are not given.</exception>
    public static WindowIndex AtEnd(TimeSeriesSet set, ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        WindowIndex ends = AtEnd(set, config.ContextLength);
        double[] values = new double[config.Horizon];
        for (int n = 0; n < ends.Count && config.FutureCovariates.Count > 0; n++)
        {
            TimeSeries series = set.Series[ends[n].Series];
            string which = series.Id.Length == 0 ? string.Empty : $" of series '{series.Id}'", covariates = string.Join(", ", config.FutureCovariates.Select(input => CategoryColumns.SourceOf(config.Categories, input)).Distinct());
            if (series.Ahead.Rows < config.Horizon)
            {
                throw new LstmTorchException(
                    ErrorKind.BadData,
                    $"{set.SourceName}: below the last row with a target{which} ({series.Time.Format(series.Length - 1)}) there {(series.Ahead.Rows == 1 ? "is" : "are")} {Quantity.Of(series.Ahead.Rows, "row")}, and the model needs {config.Horizon}: empty targets, and the values of {covariates}, which it takes as known in advance");
            }

            foreach (string covariate in config.FutureCovariates)
            {
                series.Known(covariate, series.Length, values);
                if (Array.FindIndex(values, double.IsNaN) is >= 0 and int missing)
                    throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: column '{covariate}' has no value at {series.Time.Format(series.Length + missing)}{which}; the model takes it as known in advance");
            }
        }

        return ends;
    }

    /// <summary>What to say of the series that are shorter than the context; null where there is none.</summary>
    /// <param name="set">The data.</param>
    /// <param name="contextLength">Past steps of a window.</param>
    public static string? RemarkOnShort(TimeSeriesSet set, int contextLength)
    {
        const int named = 5;
        ArgumentNullException.ThrowIfNull(set);
        TimeSeries[] tooShort = [.. set.Series.Where(series => series.Length < contextLength)];
        string names = string.Join(", ", tooShort.Take(named).Select(series => $"'{series.Id}' ({Quantity.Of(series.Length, "row")})"));
        return tooShort.Length == 0
            ? null
            : $"no forecast of series {names}{(tooShort.Length > named ? $" and {tooShort.Length - named} more" : string.Empty)}: the model looks back on {contextLength} rows";
    }

    /// <summary>What is left of a run of origins without those that are filled or lead to filled targets, alone or at all.</summary>
    private static IEnumerable<(int Series, int FirstOrigin, int Count)> KnownRuns(TimeSeriesSet set, int s, int first, int count, int horizon, bool whole)
    {
        TimeSeries series = set.Series[s];
        bool[] anyFilled = Filled(series, series.Columns, all: false), unknown = Filled(series, set.Targets, all: !whole);
        int start = first, most = whole ? 0 : horizon - 1, inHorizon = unknown.AsSpan(first + 1, horizon - 1).Count(true);
        for (int origin = first; origin < first + count; origin++)
        {
            inHorizon += unknown[origin + horizon] ? 1 : 0;
            bool isKnown = !anyFilled[origin] && inHorizon <= most;
            inHorizon -= unknown[origin + 1] ? 1 : 0;
            if (isKnown)
                continue;
            yield return (s, start, origin - start);
            start = origin + 1;
        }

        yield return (s, start, first + count - start);
    }

    /// <summary>For each row, whether one of some columns is filled, or all are.</summary>
    private static bool[] Filled(TimeSeries series, IReadOnlyList<string> columns, bool all)
    {
        int[] filled = new int[series.Length];
        foreach (string column in columns)
        {
            ReadOnlySpan<bool> ofColumn = series.Filled(column);
            for (int row = 0; row < ofColumn.Length; row++)
                filled[row] += ofColumn[row] ? 1 : 0;
        }

        return Array.ConvertAll(filled, count => all ? count == columns.Count && count > 0 : count > 0);
    }
}
