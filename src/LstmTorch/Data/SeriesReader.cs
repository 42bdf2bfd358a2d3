using System.Security.Cryptography;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>Reads a file into series: the time column, the targets and the inputs, without missing values.</summary>
public static class SeriesReader
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>What to call outputs that are made from a file: its name without folder and extension, or stdin.</summary>
    public static string NameOf(string path)
    {
        const string packed = ".gz";
        return path == StandardInput ? "stdin"
            : Path.GetFileNameWithoutExtension(path.EndsWith(packed, StringComparison.OrdinalIgnoreCase) ? path[..^packed.Length] : path);
    }

    /// <summary>Reads a file, a pipe or standard input.</summary>
    /// <param name="path">The file, or <see cref="StandardInput"/>.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(string path, ReadOptions options)
    {
        if (path == StandardInput)
        {
            using Stream input = Console.OpenStandardInput();
            return ReadUnseekable(input, "standard input", options);
        }

        if (Directory.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: this is a folder; name a file in it");
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            using FileStream stream = File.OpenRead(path);
            return stream.CanSeek ? Read(stream, path, options) : ReadUnseekable(stream, path, options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(Stream stream, string name, ReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        stream.Position = 0;
        string sha256 = options.Hash ? Convert.ToHexStringLower(SHA256.HashData(stream)) : string.Empty;
        Table table = TableFile.Read(stream, name, options);
        ColumnChoice choice = ColumnChoice.Of(table, options);
        return new SeriesBuilder(table, choice, options, name).Build() with { Sha256 = sha256 };
    }

    /// <summary>Reads what comes from a pipe: in memory, since the delimiter is looked for first and the rows are read after.</summary>
    private static TimeSeriesSet ReadUnseekable(Stream stream, string name, ReadOptions options)
    {
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        return Read(whole, name, options);
    }
}
