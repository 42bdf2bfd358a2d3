using System.Diagnostics.CodeAnalysis;
using LstmTorch.Runtime;
using Parquet;
using Parquet.Schema;

namespace LstmTorch.Data;

/// <summary>Reads a Parquet file into a table.</summary>
internal static class ParquetTableReader
{
    /// <summary>True if the file begins as a Parquet file; the stream goes back to its start.</summary>
    public static bool Recognizes(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == start.Length && start.SequenceEqual("PAR1"u8);
    }

    /// <summary>Reads the whole file.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">The series-id column counts.</param>
    /// <exception cref="LstmTorchException">It is damaged, or of a kind that is not read.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A damaged file makes the package throw whatever its bytes lead to, up to index and memory errors.")]
    public static Table Read(Stream stream, string name, ReadOptions options)
    {
        var table = new Table(name, "row", options.SeriesIdColumn);
        try
        {
            ReadAsync(stream, table).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not LstmTorchException)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{name}: this Parquet file cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}); write it anew, or as CSV", error);
        }

        table.Complete();
        return table;
    }

    private static async Task ReadAsync(Stream stream, Table table)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream, new ParquetOptions { TreatByteArrayAsString = true, UseBigDecimal = false }, leaveStreamOpen: true).ConfigureAwait(false);
        long rows = reader.RowGroups.Sum(group => group.RowCount);
        if (rows > Array.MaxLength)
            throw table.Bad(null, $"{rows} rows; at most {Array.MaxLength} are read");
        for (int row = 1; row <= rows; row++)
            table.RowNumbers.Add(row);

        foreach (Field field in reader.Schema.Fields)
        {
            if (field is not DataField { IsArray: false } data || !await ParquetColumn.TryRead(reader, data, table).ConfigureAwait(false))
                table.Remarks.Add($"column '{field.Name}' holds neither numbers, dates nor text, and is left out");
        }
    }
}
