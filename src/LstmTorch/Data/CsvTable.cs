using System.Text;
using System.Text.Unicode;
using CsvHelper;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>A CSV file as columns: what each holds, not yet which of them are wanted.</summary>
internal sealed class CsvTable
{
    private const int MaximumField = 64 << 10;
    private const int MaximumRecord = 16 << 20;
    private const int MaximumColumns = 100_000;

    private readonly string _name;
    private readonly ReadOptions _options;
    private readonly List<int> _seriesOfRow = [];
    private readonly Dictionary<string, int> _series = [];
    private int[] _rows = [];
    private int[] _firstRow = [];

    private char _delimiter;

    private CsvTable(string name, ReadOptions options)
    {
        _name = name;
        _options = options;
    }

    /// <summary>All columns, in the order of the file.</summary>
    public List<CsvColumn> Columns { get; private set; } = [];

    /// <summary>The columns that begin with a date.</summary>
    public List<TimeColumn> TimeColumns { get; } = [];

    /// <summary>True if delimiter or dates are those of countries that write a decimal comma, and group thousands with points.</summary>
    public bool MayGroupWithPoints => _delimiter == ';' || TimeColumns.Exists(time => time.HasPoints);

    /// <summary>The line of each row.</summary>
    public List<int> Lines { get; } = [];

    /// <summary>The ids of the series, in the order of their first rows; one empty id where there is no id column.</summary>
    public IReadOnlyList<string> SeriesIds { get; private set; } = [string.Empty];

    /// <summary>The series of each row, by its place in <see cref="SeriesIds"/>.</summary>
    public int SeriesOf(int row) => _options.SeriesIdColumn is null ? 0 : _seriesOfRow[row];

    /// <summary>Reads the whole file.</summary>
    /// <param name="stream">The file, at its start; may begin with a byte-order mark.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">The delimiter and the series-id column count.</param>
    /// <exception cref="LstmTorchException">It is not a CSV file with numbers; line and column are named.</exception>
    public static CsvTable Read(Stream stream, string name, ReadOptions options)
    {
        var table = new CsvTable(name, options);
        Stream text = CsvText.Open(stream, name);
        table._delimiter = options.Delimiter ?? CsvText.FindDelimiter(text);
        using var reader = CsvReader.Create(
            text,
            new CsvReaderOptions
            {
                Separator = table._delimiter,
                HasHeader = false,
                AllowLineBreaksInQuotes = false,
                MalformedData = CsvMalformedDataHandling.Throw,
                FieldCountMismatch = CsvFieldCountHandling.Allow,
                MaxRecordSize = MaximumRecord,
                TrackLineNumbers = true,
                IncludeValuesInExceptions = false,
                SkipEmptyLines = true,
                TrimWhitespace = false,
                DetectSeparatorHint = false,
            },
            leaveOpen: true);
        try
        {
            table.ReadHeader(reader);
            while (reader.Read())
                table.ReadRow(reader);
        }
        catch (CsvFormatException error)
        {
            throw table.Bad(error.LineNumber, CsvText.Explain(error));
        }

        if (options.SeriesIdColumn is not null)
            table.SeriesIds = [.. table._series.Keys];

        // A column that is not there is refused by the choice of columns, with the nearest names.
        if (table.SeriesIds.Count > 0)
            table.GroupRows();
        return table.Lines.Count > 0 ? table : throw table.Bad(null, "there is a header but no row");
    }

    /// <summary>An error in this file.</summary>
    public LstmTorchException Bad(long? line, string what) =>
        new(ErrorKind.BadData, line is > 0 ? $"{_name}, line {line}: {what}" : $"{_name}: {what}");

    /// <summary>The rows of a series, in the order of the file.</summary>
    public ReadOnlySpan<int> RowsOf(int series) => _rows.AsSpan(_firstRow[series].._firstRow[series + 1]);

    /// <summary>Which series something is said of; empty where there is only one.</summary>
    public string Which(int series) => SeriesIds[series].Length == 0 ? string.Empty : $" of series '{SeriesIds[series]}'";

    /// <summary>In one pass: there may be as many series as rows.</summary>
    private void GroupRows()
    {
        _firstRow = new int[SeriesIds.Count + 1];
        _rows = new int[Lines.Count];
        for (int row = 0; row < _rows.Length; row++)
            _firstRow[SeriesOf(row) + 1]++;
        for (int s = 0; s < SeriesIds.Count; s++)
            _firstRow[s + 1] += _firstRow[s];
        int[] next = [.. _firstRow];
        for (int row = 0; row < _rows.Length; row++)
            _rows[next[SeriesOf(row)]++] = row;
    }

    private void ReadHeader(CsvReader reader)
    {
        if (!reader.Read())
            throw Bad(null, "the file is empty");
        if (reader.FieldCount > MaximumColumns)
            throw Bad(1, $"{reader.FieldCount} columns; at most {MaximumColumns} are read");
        CheckText(reader);

        var names = new Dictionary<string, int>();
        bool anyNumber = false;
        for (int index = 0; index < reader.FieldCount; index++)
        {
            string name = Encoding.UTF8.GetString(Field(reader, index)).Trim();
            anyNumber |= double.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out _);
            if (name.Length == 0)
                name = $"column {index + 1}";
            CheckShowable(reader, name);
            if (!names.TryAdd(name, index + 1))
                throw Bad(reader.LineNumber, $"columns {names[name]} and {index + 1} are both named '{name}'; give each its own name");
            Columns.Add(new CsvColumn(name, index + 1));
        }

        if (anyNumber && Columns.TrueForAll(column => double.TryParse(column.Name, System.Globalization.CultureInfo.InvariantCulture, out _) || TimeColumn.TryStart(string.Empty, 0, Encoding.UTF8.GetBytes(column.Name)) is not null))
            throw Bad(reader.LineNumber, "the first line holds numbers, not names; put a line with the columns' names above it");
    }

    private void ReadRow(CsvReader reader)
    {
        CheckText(reader);
        if (reader.FieldCount != Columns.Count)
        {
            string first = Columns[0].Name;
            bool mayBeTitle = first.StartsWith('#') || (Columns.Count == 1 && reader.FieldCount > 1);
            throw Bad(
                reader.LineNumber,
                $"the row has {Quantity.Of(reader.FieldCount, "field")}, the header names {Quantity.Of(Columns.Count, "column")} ({(mayBeTitle
                    ? $"is '{CsvColumn.Shorten(first)}' the header? remove what stands above the line with the columns' names"
                    : "a name missing in the header, or a delimiter or decimal comma inside a field?")})");
        }

        bool isFirst = Lines.Count == 0;
        Lines.Add(checked((int)reader.LineNumber));
        for (int index = 0; index < Columns.Count; index++)
        {
            ReadOnlySpan<byte> field = Field(reader, index);
            Columns[index].Add(field, reader.LineNumber);
            if (isFirst && TimeColumn.TryStart(Columns[index].Name, index, field) is { } time)
                TimeColumns.Add(time);
            if (Columns[index].Name == _options.SeriesIdColumn)
                AddSeries(reader, field);
        }

        foreach (TimeColumn time in TimeColumns)
            time.Add(Field(reader, time.Index), reader.LineNumber);
    }

    private void AddSeries(CsvReader reader, ReadOnlySpan<byte> field)
    {
        string id = Encoding.UTF8.GetString(field).Trim();
        if (!_series.TryGetValue(id, out int series))
        {
            CheckShowable(reader, id);
            _series.Add(id, series = _series.Count);
        }

        _seriesOfRow.Add(series);
    }

    private ReadOnlySpan<byte> Field(CsvReader reader, int index)
    {
        ReadOnlySpan<byte> field = reader.GetSpan(index);
        return field.Length <= MaximumField
            ? field
            : throw Bad(reader.LineNumber, $"column {index + 1} holds {field.Length} bytes; at most {MaximumField} are read (a quote that is never closed?)");
    }

    /// <summary>Names go into tables, files and reports as they are: none may drive a terminal.</summary>
    private void CheckShowable(CsvReader reader, string name)
    {
        if (name.Any(char.IsControl))
            throw Bad(reader.LineNumber, $"the name '{name}' holds a control character; remove it");
    }

    private void CheckText(CsvReader reader)
    {
        ReadOnlySpan<byte> record = reader.RawRecord;
        if (OtherFormat(record) is { } format)
            throw Bad(null, format);
        if (record.Contains((byte)0))
            throw Bad(reader.LineNumber, "there is a NUL byte; this is not a text file");
        if (!Utf8.IsValid(record))
            throw Bad(reader.LineNumber, "there are bytes that are not UTF-8 (an accented letter in Latin-1?); save the file as UTF-8");
    }

    /// <summary>What a file is by its first bytes, and what to do with it, where these are those of a format that people have tables in.</summary>
    private static string? OtherFormat(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0x1f, 0x8b]) ? "this is a gzip file; unpack it, or pipe it: gunzip -c FILE | lstmtorch train -"
        : start.StartsWith("PK\u0003\u0004"u8) ? "this is a zip archive or a spreadsheet; unpack it, or save it as CSV"
        : start.StartsWith("PAR1"u8) ? "this is a Parquet file; write it as CSV"
        : null;
}
