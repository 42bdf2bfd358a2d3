namespace LstmTorch.Data;

/// <summary>Reads a file into a table: CSV alone, since a reader of other formats would be most of this program.</summary>
internal static class TableFile
{
    /// <summary>Reads the whole file.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="Runtime.LstmTorchException">It cannot be read; the message says where and what to do.</exception>
    public static Table Read(Stream stream, string name, ReadOptions options) => CsvTableReader.Read(stream, name, options);
}
