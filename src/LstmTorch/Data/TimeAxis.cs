using System.Globalization;

namespace LstmTorch.Data;

/// <summary>What the rows of a series are ordered by.</summary>
public enum TimeAxisKind
{
    /// <summary>Nothing but their order in the file.</summary>
    RowNumber,

    /// <summary>Whole numbers.</summary>
    Step,

    /// <summary>Dates, with or without time of day.</summary>
    Date,
}

/// <summary>The moments of a series' rows, and those that would follow.</summary>
public sealed class TimeAxis
{
    private readonly long[] _moments;
    private readonly DateForm? _form;
    private readonly short[]? _offsets;
    private readonly TimeStep _step;
    private readonly bool _isByClock;

    private TimeAxis(TimeAxisKind kind, string? name, long[] moments, int length, DateForm? form, short[]? offsets = null)
    {
        Kind = kind;
        Name = name;
        Length = length;
        _moments = moments;
        _form = form;
        _offsets = offsets;
        _step = kind == TimeAxisKind.Date ? TimeStep.OfDates(moments) : TimeStep.OfNumbers(moments);
        if (offsets is null)
            return;

        // Hours go on in UTC when the clocks change, days and months by the clock.
        long[] local = [.. moments.Select((moment, row) => moment + Ticks(offsets[row]))];
        TimeStep byClock = TimeStep.OfDates(local);
        _isByClock = byClock.Irregular < _step.Irregular || byClock.Months > _step.Months;
        if (_isByClock)
            _step = byClock;
    }

    /// <summary>What the rows are ordered by.</summary>
    public TimeAxisKind Kind { get; }

    /// <summary>The time column's name; null for row numbers.</summary>
    public string? Name { get; }

    /// <summary>How many rows there are.</summary>
    public int Length { get; }

    /// <summary>The usual distance of two rows.</summary>
    internal TimeStep Step => _step;

    /// <summary>The usual distance of two rows, such as 1 day.</summary>
    public string StepDescription => _step.Description;

    /// <summary>How many rows do not follow the one before by the usual distance: gaps, mostly.</summary>
    public int IrregularSteps => _step.Irregular;

    /// <summary>The steps of the usual season: a day of hours, a week of days, a year of weeks, months or quarters; otherwise 1.</summary>
    public int DefaultSeasonality => Kind == TimeAxisKind.Date ? _step.Seasonality : 1;

    /// <summary>Rows that are only numbered, from 1.</summary>
    public static TimeAxis OfRows(int length) => new(TimeAxisKind.RowNumber, null, [], length, null);

    /// <summary>Rows with whole numbers.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="steps">Strictly increasing.</param>
    public static TimeAxis OfSteps(string name, long[] steps)
    {
        CheckIncreasing(steps);
        return new TimeAxis(TimeAxisKind.Step, name, steps, steps.Length, null);
    }

    /// <summary>Rows with dates.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="ticks">Of <see cref="DateTime"/>, strictly increasing.</param>
    /// <param name="pattern">The format in which they were written.</param>
    public static TimeAxis OfDates(string name, long[] ticks, string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return OfDates(name, ticks, new DateForm(pattern), null);
    }

    /// <summary>Rows with dates in any form.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="ticks">In UTC where there are offsets, strictly increasing.</param>
    /// <param name="form">How they are written.</param>
    /// <param name="offsets">The minutes that local time lies before UTC, one a row; or null.</param>
    internal static TimeAxis OfDates(string name, long[] ticks, DateForm form, short[]? offsets)
    {
        CheckIncreasing(ticks);
        return new TimeAxis(TimeAxisKind.Date, name, ticks, ticks.Length, form, offsets);
    }

    /// <summary>The moment of a row as the file writes it; rows from <see cref="Length"/> on continue with the usual distance.</summary>
    public string Format(int row) => Kind switch
    {
        TimeAxisKind.RowNumber => ((long)row + 1).ToString(CultureInfo.InvariantCulture),
        TimeAxisKind.Step => MomentAt(row).ToString(CultureInfo.InvariantCulture),
        _ => _form!.Format(MomentAt(row), _offsets is null ? 0 : _offsets[Math.Min(row, _offsets.Length - 1)]),
    };

    /// <summary>The date of a row, also beyond the last; null unless <see cref="Kind"/> is Date.</summary>
    public DateTime? DateAt(int row) => Kind == TimeAxisKind.Date ? new DateTime(MomentAt(row), DateTimeKind.Utc) : null;

    /// <summary>Date and time of a row by the clock of its place, also beyond the last; null unless <see cref="Kind"/> is Date.</summary>
    public DateTime? ClockAt(int row) => Kind == TimeAxisKind.Date
        ? new DateTime(MomentAt(row) + (_offsets is null ? 0 : Ticks(_offsets[Math.Min(row, _offsets.Length - 1)])), DateTimeKind.Unspecified)
        : null;

    /// <summary>The same moments, of which those after the first so many rows are known, but are not rows.</summary>
    internal TimeAxis WithLength(int length) => new(Kind, Name, _moments, length, _form, _offsets);

    /// <summary>The moments that are absent between a row and the next, one by one; none where no number of the usual steps leads to the next.</summary>
    /// <param name="row">The row.</param>
    /// <param name="usual">An axis whose rows lie apart as those of this one usually do: its own of few rows may not show it.</param>
    internal IEnumerable<long> AbsentAfter(int row, TimeAxis usual)
    {
        // Gaps may hide that days go on by the clock.
        return AbsentAfter(row, usual._step, usual._isByClock) ?? (_offsets is null ? null : AbsentAfter(row, usual._step, isByClock: true)) ?? [];
    }

    private IEnumerable<long>? AbsentAfter(int row, TimeStep usual, bool isByClock)
    {
        long toClock = isByClock ? Ticks(_offsets![row]) : 0, nextToClock = isByClock ? Ticks(_offsets![row + 1]) : 0;
        long moment = _moments[row] + toClock, next = _moments[row + 1] + nextToClock;
        return usual.StepsBetween(moment, next) is { } steps
            ? Enumerable.Range(1, steps - 1).Select(step => usual.After(moment, step) - toClock).Where(absent => absent < _moments[row + 1])
            : null;
    }

    private long MomentAt(int row)
    {
        if (row < _moments.Length)
            return _moments[row];

        // The offset of the last row goes on: the next change of the clocks is not known.
        long toClock = _isByClock ? Ticks(_offsets![^1]) : 0;
        return _step.After(_moments[^1] + toClock, row - _moments.Length + 1) - toClock;
    }

    private static long Ticks(short minutes) => minutes * TimeSpan.TicksPerMinute;

    private static void CheckIncreasing(long[] moments)
    {
        for (int row = 1; row < moments.Length; row++)
        {
            if (moments[row] <= moments[row - 1])
                throw new ArgumentException($"Row {row} does not come after the row before it.", nameof(moments));
        }
    }
}
