using System.Globalization;
using System.Text;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>A file as columns: what each holds, not yet which of them are wanted.</summary>
/// <param name="name">What to call the file in errors.</param>
/// <param name="rowWord">What messages call a row: line or row.</param>
/// <param name="seriesIdColumn">The column that tells series apart; null for one series.</param>
internal sealed class Table(string name, string rowWord, string? seriesIdColumn)
{
    private readonly Dictionary<string, TableColumn> _names = [];
    private readonly List<int> _seriesOfRow = [];
    private readonly Dictionary<string, int> _series = [];
    private int[] _rows = [];
    private int[] _firstRow = [];

    /// <summary>All columns, in the order of the file.</summary>
    public List<TableColumn> Columns { get; } = [];

    /// <summary>The columns that begin with a date.</summary>
    public List<TimeColumn> TimeColumns => [.. Columns.Select(column => column.Dates).OfType<TimeColumn>()];

    /// <summary>True if fields are parted by semicolons, as where the comma is the decimal separator.</summary>
    public bool HasSemicolons { get; init; }

    /// <summary>True if delimiter or dates are those of countries that write a decimal comma, and group thousands with points.</summary>
    public bool MayGroupWithPoints => HasSemicolons || TimeColumns.Exists(time => time.HasPoints);

    /// <summary>The number by which messages name each row: its line in a text.</summary>
    public List<int> RowNumbers { get; } = [];

    /// <summary>The ids of the series, in the order of their first rows; one empty id where there is no id column.</summary>
    public IReadOnlyList<string> SeriesIds { get; private set; } = [string.Empty];

    /// <summary>What the user should know about the file, each in one line.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The series of each row, by its place in <see cref="SeriesIds"/>.</summary>
    public int SeriesOf(int row) => seriesIdColumn is null ? 0 : _seriesOfRow[row];

    /// <summary>The rows of a series, in the order of the file.</summary>
    public ReadOnlySpan<int> RowsOf(int series) => _rows.AsSpan(_firstRow[series].._firstRow[series + 1]);

    /// <summary>Which series something is said of; empty where there is only one.</summary>
    public string Which(int series) => SeriesIds[series].Length == 0 ? string.Empty : $" of series '{SeriesIds[series]}'";

    /// <summary>Where a row stands, in words.</summary>
    public string At(long number) => $"{rowWord} {number}";

    /// <summary>An error in this file.</summary>
    /// <param name="number">The number of the row; null for the file as a whole.</param>
    /// <param name="what">What is wrong, and what to do.</param>
    public LstmTorchException Bad(long? number, string what) =>
        new(ErrorKind.BadData, number is > 0 ? $"{name}, {At(number.Value)}: {what}" : $"{name}: {what}");

    /// <summary>Takes the next column's name; one without a name is called by its number.</summary>
    /// <param name="column">The name.</param>
    /// <param name="number">Where it stands; null where names stand in no row.</param>
    public TableColumn AddColumn(string column, long? number)
    {
        column = column.Trim();
        if (column.Length == 0)
            column = $"column {Columns.Count + 1}";
        CheckShowable(column, number);
        var added = new TableColumn(column, Columns.Count + 1);
        if (!_names.TryAdd(column, added))
            throw Bad(number, $"columns {_names[column].Number} and {added.Number} are both named '{column}'; give each its own name");
        Columns.Add(added);
        return added;
    }

    /// <summary>Takes the next row's field of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="field">The field, UTF-8.</param>
    /// <param name="number">The number of the row.</param>
    public void AddField(TableColumn column, ReadOnlySpan<byte> field, long number)
    {
        column.Add(field, number);
        if (column.Name == seriesIdColumn)
            AddSeries(field, number);
    }

    /// <summary>Takes the next row's number of a column; NaN is a missing one.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    /// <param name="number">The number of the row.</param>
    public void AddNumber(TableColumn column, double value, long number)
    {
        column.Add(value, number);
        if (column.Name == seriesIdColumn)
            AddSeries(Encoding.UTF8.GetBytes(double.IsNaN(value) ? string.Empty : value.ToString(CultureInfo.InvariantCulture)), number);
    }

    /// <summary>Adds a row without values for a moment that follows a row: of its series, and with its names.</summary>
    /// <param name="row">The row that it follows.</param>
    /// <param name="names">The columns whose fields are names.</param>
    public void AddRowLike(int row, IReadOnlyList<TableColumn> names)
    {
        foreach (TableColumn column in Columns)
        {
            if (names.Contains(column))
                column.AddNameOf(row);
            else
                column.Add(double.NaN, RowNumbers[row]);
        }

        RowNumbers.Add(RowNumbers[row]);
        if (seriesIdColumn is not null)
            _seriesOfRow.Add(_seriesOfRow[row]);
    }

    /// <summary>Ends the reading: finds the rows of each series.</summary>
    /// <exception cref="LstmTorchException">There is no row.</exception>
    public void Complete()
    {
        if (seriesIdColumn is not null)
            SeriesIds = [.. _series.Keys];

        // A column that is not there is refused by the choice of columns, with the nearest names.
        if (SeriesIds.Count > 0)
            GroupRows();
        if (RowNumbers.Count == 0)
            throw Bad(null, "there is a header but no row");
    }

    private void AddSeries(ReadOnlySpan<byte> field, long number)
    {
        string id = Encoding.UTF8.GetString(field).Trim();
        if (!_series.TryGetValue(id, out int series))
        {
            CheckShowable(id, number);
            _series.Add(id, series = _series.Count);
        }

        _seriesOfRow.Add(series);
    }

    /// <summary>In one pass: there may be as many series as rows.</summary>
    private void GroupRows()
    {
        _firstRow = new int[SeriesIds.Count + 1];
        _rows = new int[RowNumbers.Count];
        for (int row = 0; row < _rows.Length; row++)
            _firstRow[SeriesOf(row) + 1]++;
        for (int s = 0; s < SeriesIds.Count; s++)
            _firstRow[s + 1] += _firstRow[s];
        int[] next = [.. _firstRow];
        for (int row = 0; row < _rows.Length; row++)
            _rows[next[SeriesOf(row)]++] = row;
    }

    /// <summary>Names go into tables, files and reports as they are: none may drive a terminal.</summary>
    private void CheckShowable(string shown, long? number)
    {
        if (shown.Any(char.IsControl))
            throw Bad(number, $"the name '{shown}' holds a control character; remove it");
    }
}
