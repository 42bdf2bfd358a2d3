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
    public TimeAxis Axis(CsvTable table, int[] rows)
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

    private void CheckOrder(CsvTable table, long[] moments, int[] rows)
    {
        for (int row = 1; row < moments.Length; row++)
        {
            if (moments[row] > moments[row - 1])
                continue;

            int line = table.Lines[rows[row]], before = table.Lines[rows[row - 1]];
            string id = table.Which(table.SeriesOf(rows[row]));
            throw table.Bad(
                line,
                moments[row] == moments[row - 1]
                    ? $"column '{Name}': {Format(rows[row])} stands here and in line {before}{id}; keep one row a moment, or name the column that tells series apart with --series-id"
                    : $"column '{Name}': {Format(rows[row])} comes after {Format(rows[row - 1])} in line {before}{id}; sort the rows by time");
        }
    }
}
