using System.Text;
using System.Text.Unicode;
using CsvHelper;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>Reads a CSV file into a table.</summary>
internal sealed class CsvTableReader
{
    private const int MaximumField = 64 << 10;
    private const int MaximumRecord = 16 << 20;
    private const int MaximumColumns = 100_000;

    private readonly Table _table;

    private CsvTableReader(Table table) => _table = table;

    /// <summary>Reads the whole file.</summary>
    /// <param name="stream">The file, at its start; may begin with a byte-order mark.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">The delimiter and the series-id column count.</param>
    /// <exception cref="LstmTorchException">It is not a CSV file with numbers; line and column are named.</exception>
    public static Table Read(Stream stream, string name, ReadOptions options)
    {
        Stream text = CsvText.Open(stream, name);
        if (OtherFormat(text) is { } format)
            throw new LstmTorchException(ErrorKind.BadData, $"{name}: {format}");
        char delimiter = options.Delimiter ?? CsvText.FindDelimiter(text);
        var table = new Table(name, "line", options.SeriesIdColumn) { HasSemicolons = delimiter == ';' };
        using var reader = CsvReader.Create(
            text,
            new CsvReaderOptions
            {
                Separator = delimiter,
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
            var rows = new CsvTableReader(table);
            rows.ReadHeader(reader);
            while (reader.Read())
                rows.ReadRow(reader);
        }
        catch (CsvFormatException error)
        {
            throw table.Bad(error.LineNumber, CsvText.Explain(error));
        }

        table.Complete();
        return table;
    }

    private void ReadHeader(CsvReader reader)
    {
        if (!reader.Read())
            throw _table.Bad(null, "the file is empty");
        if (reader.FieldCount > MaximumColumns)
            throw _table.Bad(1, $"{reader.FieldCount} columns; at most {MaximumColumns} are read");
        CheckText(reader);

        bool anyNumber = false;
        for (int index = 0; index < reader.FieldCount; index++)
        {
            string name = Encoding.UTF8.GetString(Field(reader, index));
            anyNumber |= double.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out _);
            _table.AddColumn(name, reader.LineNumber);
        }

        if (anyNumber && _table.Columns.TrueForAll(column => double.TryParse(column.Name, System.Globalization.CultureInfo.InvariantCulture, out _) || TimeColumn.TryStart(string.Empty, Encoding.UTF8.GetBytes(column.Name)) is not null))
            throw _table.Bad(reader.LineNumber, "the first line holds numbers, not names; put a line with the columns' names above it");
    }

    private void ReadRow(CsvReader reader)
    {
        CheckText(reader);
        if (reader.FieldCount != _table.Columns.Count)
        {
            string first = _table.Columns[0].Name;
            bool mayBeTitle = first.StartsWith('#') || (_table.Columns.Count == 1 && reader.FieldCount > 1);
            throw _table.Bad(
                reader.LineNumber,
                $"the row has {Quantity.Of(reader.FieldCount, "field")}, the header names {Quantity.Of(_table.Columns.Count, "column")} ({(mayBeTitle
                    ? $"is '{TableColumn.Shorten(first)}' the header? remove what stands above the line with the columns' names"
                    : "a name missing in the header, or a delimiter or decimal comma inside a field?")})");
        }

        _table.RowNumbers.Add(checked((int)reader.LineNumber));
        for (int index = 0; index < _table.Columns.Count; index++)
            _table.AddField(_table.Columns[index], Field(reader, index), reader.LineNumber);
    }

    private ReadOnlySpan<byte> Field(CsvReader reader, int index)
    {
        ReadOnlySpan<byte> field = reader.GetSpan(index);
        return field.Length <= MaximumField
            ? field
            : throw _table.Bad(reader.LineNumber, $"column {index + 1} holds {field.Length} bytes; at most {MaximumField} are read (a quote that is never closed?)");
    }

    private void CheckText(CsvReader reader)
    {
        ReadOnlySpan<byte> record = reader.RawRecord;
        if (record.Contains((byte)0))
            throw _table.Bad(reader.LineNumber, "there is a NUL byte; this is not a text file");
        if (!Utf8.IsValid(record))
            throw _table.Bad(reader.LineNumber, "there are bytes that are not UTF-8 (an accented letter in Latin-1?); save the file as UTF-8");
    }

    /// <summary>What a file is by its first bytes, and what to do with it, where these are those of a format that people have tables in.</summary>
    private static string? OtherFormat(Stream text)
    {
        Span<byte> start = stackalloc byte[6];
        long position = text.Position;
        start = start[..text.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        text.Position = position;
        return start.StartsWith("PK\u0003\u0004"u8) ? "this is a zip archive or a spreadsheet; unpack it, or save it as CSV"
            : start.StartsWith("PAR1"u8) ? "this is a Parquet file, which this program does not read; write it as CSV, or use lstmtorch predict"
            : start.StartsWith<byte>([0x1F, 0x8B]) ? "this file is packed by gzip, which this program does not read; unpack it, or use lstmtorch predict"
            : start.StartsWith("BZh"u8) || start.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A]) || start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) ? "this file is packed by bzip2, xz or zstd; unpack it, or pack it by gzip"
            : null;
    }
}
