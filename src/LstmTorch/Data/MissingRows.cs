using System.Globalization;

namespace LstmTorch.Data;

/// <summary>What was missing in a table and what became of it, over all series.</summary>
/// <param name="table">The table, whose lines the remarks name.</param>
/// <param name="forModel">Whether a trained model shall go on from the last rows.</param>
internal sealed class MissingRows(Table table, bool forModel)
{
    /// <summary>A column with a larger share of filled values says more about how they were filled than about the world.</summary>
    private const double LargeShare = 0.2;

    /// <summary>Of so many rows in a gap a model with the usual context sees none that was measured.</summary>
    private const int LongGap = 30;

    private readonly Dictionary<TableColumn, (int Filled, int Rows, int Longest, int Line)> _columns = [];
    private readonly List<string> _remarks = [];

    /// <summary>How many values were filled.</summary>
    public int Filled => _columns.Values.Sum(column => column.Filled);

    /// <summary>How many rows were dropped because of a missing value.</summary>
    public int Dropped { get; set; }

    /// <summary>How many rows were left out because they come before the first value of a column.</summary>
    public int LeftOut { get; private set; }

    /// <summary>What the user should know of, each in one line.</summary>
    public IEnumerable<string> Remarks => _remarks.Concat(_columns.SelectMany(entry => OfColumn(entry.Key.Name, entry.Value)));

    /// <summary>How many rows of a series come before every column has had a value; they are left out.</summary>
    /// <param name="series">The series.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Columns that each have a value in one of the rows.</param>
    public int LeaveOut(int series, int[] rows, TableColumn[] columns)
    {
        (int first, TableColumn column) = columns.Select(column => (Array.FindIndex(rows, row => !double.IsNaN(column.Values[row])), column)).MaxBy(start => start.Item1);
        if (first > 0)
            _remarks.Add($"left out the first {Quantity.Of(first, "row")}{table.Which(series)}: column '{column.Name}' has no value before {table.At(table.RowNumbers[rows[first]])}");
        LeftOut += first;
        return first;
    }

    /// <summary>Takes note of what was filled in a column of one series.</summary>
    public void Add(TableColumn column, int[] rows, bool[]? filled)
    {
        var sum = _columns.GetValueOrDefault(column);
        sum.Rows += rows.Length;
        int gap = 0;
        for (int row = 0; row < rows.Length && filled is not null; row++)
        {
            gap = filled[row] ? gap + 1 : 0;
            sum.Filled += filled[row] ? 1 : 0;
            if (gap > sum.Longest)
                (sum.Longest, sum.Line) = (gap, table.RowNumbers[rows[row - gap + 1]]);
        }

        if (gap > 0 && forModel)
            _remarks.Add($"column '{column.Name}': {Quantity.Of(gap, "value")} missing at the end{table.Which(table.SeriesOf(rows[0]))}: what follows is forecast from the last known one");
        _columns[column] = sum;
    }

    private IEnumerable<string> OfColumn(string name, (int Filled, int Rows, int Longest, int Line) column)
    {
        double share = (double)column.Filled / column.Rows;
        if (share > LargeShare)
            yield return string.Create(CultureInfo.InvariantCulture, $"column '{name}': {100 * share:F0} % of the values are missing and were filled");
        if (column.Longest >= LongGap)
            yield return $"column '{name}': {Quantity.Of(column.Longest, "value")} in a row are missing from {table.At(column.Line)} on and were filled";
    }
}
