using System.Globalization;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>The moments of a table's rows, all series together, as its time column has them.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Moments">Ticks of dates, or whole numbers; one a row.</param>
/// <param name="Form">How dates are written; null for whole numbers.</param>
/// <param name="Offsets">The minutes that local time lies before UTC, one a row; null where the dates say nothing of them.</param>
internal sealed record RowTimes(string Name, IReadOnlyList<long> Moments, DateForm? Form, IReadOnlyList<short>? Offsets = null)
{
    /// <summary>The axis of one series.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows of the series.</param>
    /// <exception cref="LstmTorchException">A row does not come after the one before it.</exception>
    public TimeAxis Axis(Table table, int[] rows)
    {
        long[] moments = new long[rows.Length];
        for (int row = 0; row < rows.Length; row++)
            moments[row] = Moments[rows[row]];
        CheckOrder(table, moments, rows);
        return Form is { } form
            ? TimeAxis.OfDates(Name, moments, form, Offsets is null ? null : [.. rows.Select(row => Offsets[row])])
            : TimeAxis.OfSteps(Name, moments);
    }

    private string Format(int row) => Form?.Format(Moments[row], Offsets?[row] ?? 0) ?? Moments[row].ToString(CultureInfo.InvariantCulture);

    private void CheckOrder(Table table, long[] moments, int[] rows)
    {
        for (int row = 1; row < moments.Length; row++)
        {
            if (moments[row] <= moments[row - 1])
                throw Misplaced(table, moments, rows, row);
        }
    }

    /// <summary>Why a row cannot come after the one before it, and what may have made it so.</summary>
    private LstmTorchException Misplaced(Table table, long[] moments, int[] rows, int row)
    {
        int line = table.RowNumbers[rows[row]], before = table.RowNumbers[rows[row - 1]];
        string id = table.Which(table.SeriesOf(rows[row])), shown = Format(rows[row]);
        string apart = id.Length == 0 ? ", or name the column that tells series apart with --series-id" : string.Empty;
        if (Form is not null && MayBeClockChange(moments[row - 1], moments[row]))
        {
            return table.Bad(
                line,
                $"column '{Name}': {shown}{id} stands below {Format(rows[row - 1])} in {table.At(before)}: the hour that comes twice when summer time ends? write UTC or the offset, such as 2024-10-27T02:00+01:00, or keep one of the two hours");
        }

        if (moments[row] == moments[row - 1])
            return table.Bad(line, $"column '{Name}': {shown}{id} stands here and in {table.At(before)}; keep one row a moment{apart}{OtherTimes(table)}");
        string remedy = IsReversed(moments) ? "turn the rows round, so that the oldest comes first" : "sort the rows by time";
        return table.Bad(line, $"column '{Name}': {shown}{id} stands below the later {Format(rows[row - 1])} in {table.At(before)}; {remedy}{(IsReversed(moments) ? string.Empty : apart)}");
    }

    /// <summary>What else in the table could tell rows of one moment apart.</summary>
    private string OtherTimes(Table table)
    {
        if (table.TimeColumns.Find(time => time.Name != Name && time.FirstOther is null) is { } dates)
            return $", or choose '{dates.Name}' with --time";
        return table.Columns.Find(column => column.FirstText is { } text && TimeOnly.TryParse(text.Text, CultureInfo.InvariantCulture, out _)) is { } clock
            ? $", or write '{Name}' and '{clock.Name}' as one column, such as 2024-01-31 18:00"
            : string.Empty;
    }

    private static bool IsReversed(long[] moments)
    {
        for (int row = 1; row < moments.Length; row++)
        {
            if (moments[row] >= moments[row - 1])
                return false;
        }

        return true;
    }

    /// <summary>Clocks are set back by an hour on a Sunday night in spring or autumn, so that local times step back by less than one.</summary>
    private bool MayBeClockChange(long before, long moment)
    {
        var later = new DateTime(moment);
        return Offsets is null && Form!.Zone == '\0' && before - moment is >= 0 and < TimeSpan.TicksPerHour
            && later is { DayOfWeek: DayOfWeek.Sunday, Hour: < 4, Month: 3 or 4 or 9 or 10 or 11 } && new DateTime(before).TimeOfDay + later.TimeOfDay > TimeSpan.Zero;
    }
}
