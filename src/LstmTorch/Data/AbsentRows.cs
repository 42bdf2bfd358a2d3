using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>Makes rows of the moments that are absent between the rows of a series, so that they follow each other at the usual distance.</summary>
internal static class AbsentRows
{
    /// <summary>Adds such rows to a table, behind its own: without values, and with the names that the row before them has.</summary>
    /// <param name="table">The table.</param>
    /// <param name="times">The moments of its rows.</param>
    /// <param name="names">Its columns of names.</param>
    /// <returns>The moments of all rows, and the rows of each series in the order of time.</returns>
    /// <exception cref="LstmTorchException">A series lacks more rows than it has, or its rows are out of order.</exception>
    public static (RowTimes Times, int[][] RowsOfSeries) Insert(Table table, RowTimes times, IReadOnlyList<TableColumn> names)
    {
        int[][] rowsOfSeries = [.. Enumerable.Range(0, table.SeriesIds.Count).Select(series => table.RowsOf(series).ToArray())];
        TimeAxis[] axes = [.. rowsOfSeries.Select(rows => times.Axis(table, rows))];
        TimeAxis usual = axes.MaxBy(axis => axis.Length)!;
        var moments = new List<long>(times.Moments);
        List<short>? offsets = times.Offsets is null ? null : [.. times.Offsets];
        int? first = null;
        for (int series = 0; series < axes.Length; series++)
        {
            var rows = new List<int>();
            int[] own = rowsOfSeries[series];
            for (int row = 0; row < own.Length; row++)
            {
                rows.Add(own[row]);
                foreach (long moment in row + 1 < own.Length ? axes[series].AbsentAfter(row, usual) : [])
                {
                    if (rows.Count - row > own.Length)
                        throw TooMany(table, series, own[row + 1], usual);
                    first ??= own[row];
                    rows.Add(moments.Count);
                    moments.Add(moment);
                    offsets?.Add(offsets[own[row]]);
                    table.AddRowLike(own[row], names);
                }
            }

            rowsOfSeries[series] = [.. rows];
        }

        int inserted = moments.Count - times.Moments.Count;
        if (first is { } before)
            table.Remarks.Add($"{Quantity.Of(inserted, "row")} inserted for moments that are absent, the first below {table.At(table.RowNumbers[before])}");
        return (times with { Moments = moments, Offsets = offsets }, rowsOfSeries);
    }

    private static LstmTorchException TooMany(Table table, int series, int row, TimeAxis usual) => table.Bad(
        table.RowNumbers[row],
        $"up to this row more rows{table.Which(series)} are absent than there are, if they lie {usual.StepDescription} apart as most do; leave out the rows before a long gap or after it, or leave out --insert-rows");
}
