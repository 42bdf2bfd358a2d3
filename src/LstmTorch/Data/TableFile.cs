namespace LstmTorch.Data;

/// <summary>Reads a file of any known format, packed or not, into a table.</summary>
internal static class TableFile
{
    /// <summary>Reads the whole file, in the format that its first bytes tell.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="Runtime.LstmTorchException">It cannot be read; the message says where and what to do.</exception>
    public static Table Read(Stream stream, string name, ReadOptions options)
    {
        Stream content = GzipFile.Unpack(stream, name);
        return ParquetTableReader.Recognizes(content) ? ParquetTableReader.Read(content, name, options) : CsvTableReader.Read(content, name, options);
    }
}
