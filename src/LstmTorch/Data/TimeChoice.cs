using System.Globalization;
using System.Text;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>Which column orders the rows of a table, and which columns only count them.</summary>
internal sealed class TimeChoice
{
    private const string WaysOut = "or choose another column with --time, or --time none for the order of the rows";

    private readonly Table _table;
    private readonly ReadOptions _options;
    private readonly List<string> _remarks = [];

    private TimeChoice(Table table, ReadOptions options)
    {
        _table = table;
        _options = options;
    }

    /// <summary>The moments of the rows; null where nothing but their order in the file is known.</summary>
    public RowTimes? Times { get; private set; }

    /// <summary>Columns that count rows or time: nobody asked for them, and nobody wants them predicted.</summary>
    public IReadOnlyList<TableColumn> Counting { get; private set; } = [];

    /// <summary>Columns that hold a part of a date: worth knowing, not worth predicting.</summary>
    public IReadOnlyList<TableColumn> CalendarParts { get; private set; } = [];

    /// <summary>What the user should know about the choice, each in one line.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Chooses.</summary>
    /// <param name="table">The table.</param>
    /// <param name="options">The columns that were named.</param>
    /// <param name="find">Finds a column by its name, or complains of an option.</param>
    /// <exception cref="LstmTorchException">The named column holds no moments.</exception>
    public static TimeChoice Of(Table table, ReadOptions options, Func<string, string, TableColumn> find)
    {
        var choice = new TimeChoice(table, options);
        if (options.TimeColumn is null)
            choice.Times = choice.Dates();
        else if (options.TimeColumn != ReadOptions.NoTime || table.Columns.Exists(column => column.Name == ReadOptions.NoTime))
            choice.Times = choice.Wanted(find(options.TimeColumn, "--time"));
        if (options.ForModel)
            return choice;
        choice.LeaveOutCounting();
        choice.FindCalendarParts();
        return choice;
    }

    /// <summary>What the column that was asked for holds.</summary>
    private RowTimes Wanted(TableColumn column)
    {
        if (_table.TimeColumns.Find(time => time.Name == column.Name) is { } dates)
            return Checked(dates);
        if ((column.FirstText ?? column.FirstMissing ?? column.FirstInfinite ?? FirstFraction(column)) is { } place)
            throw _table.Bad(place.Line, $"column '{column.Name}': '{place.Text}' is neither a date such as 2024-01-31 or 2024-01-31 18:00 nor a whole number");
        return OfNumbers(column, CountingColumn.OfTime(column));
    }

    /// <summary>The first column of dates; a column of dates that are not read is no reason to go on without.</summary>
    private RowTimes? Dates()
    {
        if (_table.TimeColumns.Find(time => !IsNamed(time.Name)) is { } dates)
            return Checked(dates);
        if (_table.Columns.Count == 1)
            return null;
        if (_table.Columns.Find(column => column.NumberCount == 0 && !IsNamed(column.Name) && column.FirstText is { } text && DateResemblance.Of(text.Text)) is not { } column)
            return null;

        Place first = column.FirstText!.Value;
        throw TimeColumn.TryStart(column.Name, Encoding.UTF8.GetBytes(first.Text)) is not null && column.FirstMissing is { } missing
            ? _table.Bad(missing.Line, $"column '{column.Name}': there is no date here; give each row its own, {WaysOut}")
            : _table.Bad(first.Line, $"column '{column.Name}' looks like dates in a form that is not read ('{first.Text}'); write 2024-01-31, {WaysOut}");
    }

    private RowTimes Checked(TimeColumn dates)
    {
        if (dates.FirstOther is { } other)
        {
            string pattern = dates.Form.Pattern!.Replace("'", string.Empty, StringComparison.Ordinal);
            throw _table.Bad(other.Line, $"column '{dates.Name}': {(other.Text.Length == 0 ? "an empty field" : $"'{other.Text}'")} is not a date like the ones before ({pattern}); correct it, {WaysOut}");
        }

        if (dates.IsAmbiguous && !DecideByStep(dates))
            throw _table.Bad(_table.RowNumbers[0], $"column '{dates.Name}': no row tells whether the day or the month comes first; write 2024-01-31, {WaysOut}");
        return new RowTimes(dates.Name, dates.Moments, dates.Form, dates.Offsets);
    }

    /// <summary>
    /// Decides whether day or month comes first by what is even: 1/1, 2/1, 3/1 to 12/1 and 1/1 of the next year are months. Dates
    /// that are neither in order nor even decide nothing.
    /// </summary>
    private bool DecideByStep(TimeColumn dates)
    {
        bool dayFirst = IsEven(dates.Moments);
        dates.Decide(monthFirst: true);
        bool monthFirst = IsEven(dates.Moments);
        if (dayFirst == monthFirst)
            return false;
        if (dayFirst)
            dates.Decide(monthFirst: false);
        _remarks.Add($"column '{dates.Name}': dates are read as {dates.Form.Pattern}, because their steps are even so");
        return true;
    }

    private bool IsEven(long[] moments)
    {
        for (int s = 0; s < _table.SeriesIds.Count; s++)
        {
            long[] series = Array.ConvertAll(_table.RowsOf(s).ToArray(), row => moments[row]);
            if (series.Zip(series.Skip(1)).Any(pair => pair.Second <= pair.First) || TimeStep.OfDates(series).Irregular > 0)
                return false;
        }

        return true;
    }

    private static RowTimes OfNumbers(TableColumn column, CountingKind kind)
    {
        DateForm? form = kind switch
        {
            CountingKind.CompactDays => DateForm.CompactDays,
            CountingKind.CompactMonths => DateForm.CompactMonths,
            CountingKind.Seconds => DateForm.Seconds,
            CountingKind.Milliseconds => DateForm.Milliseconds,
            _ => null,
        };
        long[] moments = new long[column.Values.Length];
        for (int row = 0; row < moments.Length; row++)
            moments[row] = form?.TicksOf(column.Values[row]) ?? (long)column.Values[row];
        return new RowTimes(column.Name, moments, form);
    }

    /// <summary>Sets the counting columns apart, and lets one of them order the rows where no dates do.</summary>
    private void LeaveOutCounting()
    {
        List<TableColumn> numbers = [.. _table.Columns.Where(column => column.NumberCount > 0 && column.Name != Times?.Name && column.Name != _options.SeriesIdColumn)];
        List<(TableColumn Column, CountingKind Kind)> counting =
        [
            .. numbers.Where(column => !IsNamed(column.Name)).Select(column => (column, CountingColumn.Of(_table, column))).Where(found => found.Item2 != CountingKind.None),
        ];

        // What rises evenly where nothing else is measured is the measurement.
        if (counting.Count == numbers.Count && counting.Count > 0)
            counting.RemoveAt(counting.Count - 1);
        foreach (var (column, kind) in counting)
        {
            bool isTime = Times is null && _options.TimeColumn is null && column == Orders(counting);
            if (isTime)
                Times = OfNumbers(column, kind);
            _remarks.Add($"column '{column.Name}' holds {Describe(column, kind)}: it is taken {(isTime ? "as the time" : "neither as target nor as input; --target and --inputs can name it")}");
        }

        Counting = [.. counting.Select(found => found.Column)];
    }

    private void FindCalendarParts()
    {
        CalendarParts = [.. _table.Columns.Where(column => column.Name != Times?.Name && !Counting.Contains(column) && !IsNamed(column.Name) && CountingColumn.IsCalendarPart(column))];
        if (CalendarParts.Count > 1 && Times?.Form is null)
            _remarks.Add($"columns {string.Join(", ", CalendarParts.Select(column => $"'{column.Name}'"))} hold parts of dates; write them as one column, such as 2024-01-31 18:00, to have it as the time");
    }

    /// <summary>The counting column that orders the rows: dates before numbers of steps.</summary>
    private static TableColumn? Orders(List<(TableColumn Column, CountingKind Kind)> counting) =>
        counting.Find(found => found.Kind is not (CountingKind.Steps or CountingKind.DecimalYears or CountingKind.Identifiers)).Column
        ?? counting.Find(found => found.Kind == CountingKind.Steps).Column;

    private static string Describe(TableColumn column, CountingKind kind) => kind switch
    {
        CountingKind.CompactDays => "days such as 20240131",
        CountingKind.CompactMonths => "months such as 202401",
        CountingKind.Seconds => "seconds since 1970",
        CountingKind.Milliseconds => "milliseconds since 1970",
        CountingKind.DecimalYears => "years with fractions, which are not read as dates (write 1958-03 for them)",
        CountingKind.Identifiers => "identifiers",
        _ => string.Create(CultureInfo.InvariantCulture, $"the numbers {column.Values[0]}, {column.Values[1]}, … of the rows"),
    };

    private bool IsNamed(string name) => ColumnNames.IsNamed(_options, name);

    private Place? FirstFraction(TableColumn column)
    {
        int row = column.Values.IndexOfAny([.. column.Values.ToArray().Where(value => value != Math.Floor(value)).Take(1)]);
        return row < 0 ? null : new Place(_table.RowNumbers[row], column.Values[row].ToString(CultureInfo.InvariantCulture));
    }
}
