using System.Text;
using CsvHelper;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>The text of a CSV file before its rows are read: encoding, delimiter, and the parser's complaints in words.</summary>
internal static class CsvText
{
    private const int SniffedBytes = 64 << 10;

    private static readonly byte[] s_delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    /// <summary>The file as UTF-8 after its byte-order mark: the stream itself, or a UTF-16 file with a mark recoded in memory.</summary>
    public static Stream Open(Stream stream, string name)
    {
        Span<byte> mark = stackalloc byte[3];
        stream.Position = 0;
        int read = stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (read >= 2 && (mark[0], mark[1]) is (0xFF, 0xFE) or (0xFE, 0xFF))
        {
            // The delimiter is looked for first and the rows are read after, so that the text must be seekable.
            Encoding utf16 = mark[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
            var recoded = new MemoryStream();
            using (Stream utf8 = Encoding.CreateTranscodingStream(stream, utf16, new UTF8Encoding(false), leaveOpen: true))
            {
                if (stream.Length > Array.MaxLength / 2)
                    throw new LstmTorchException(ErrorKind.BadData, $"{name}: a UTF-16 file of this size is not read; save it as UTF-8");
                utf8.CopyTo(recoded);
            }

            return SkipMark(recoded);
        }

        return SkipMark(stream);
    }

    /// <summary>
    /// The delimiter that the first lines all have equally often, outside of quotes; where none is so, or more than one, the one
    /// that the first line has most of, and a comma if it has none. The stream stays where it is.
    /// </summary>
    public static char FindDelimiter(Stream text)
    {
        byte[] buffer = new byte[SniffedBytes];
        long start = text.Position;
        int length = text.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        text.Position = start;

        List<int[]> lines = CountDelimiters(buffer.AsSpan(0, length), isWhole: length < buffer.Length);
        int[] header = lines.Count > 0 ? lines[0] : new int[s_delimiters.Length];
        int[] agreeing = [.. header.Select((count, delimiter) => lines.TrueForAll(line => line[delimiter] == count) ? count : 0)];
        int[] counts = agreeing.Max() > 0 ? agreeing : header;
        return (char)s_delimiters[Array.IndexOf(counts, counts.Max())];
    }

    /// <summary>How often each delimiter stands in each of the first lines that are not empty.</summary>
    private static List<int[]> CountDelimiters(ReadOnlySpan<byte> text, bool isWhole)
    {
        const int mostLines = 20;
        var lines = new List<int[]>();
        int[]? counts = null;
        bool quoted = false;
        foreach (byte character in text)
        {
            if (character is (byte)'\n' or (byte)'\r')
            {
                if (counts is not null)
                    lines.Add(counts);
                if (lines.Count == mostLines)
                    return lines;
                (counts, quoted) = (null, false);
                continue;
            }

            counts ??= new int[s_delimiters.Length];
            quoted ^= character == '"';
            int delimiter = Array.IndexOf(s_delimiters, character);
            if (delimiter >= 0 && !quoted)
                counts[delimiter]++;
        }

        // The last line may be cut off; a file of one line is its header.
        if (counts is not null && (isWhole || lines.Count == 0))
            lines.Add(counts);
        return lines;
    }

    /// <summary>A complaint of the parser in words that say what to do.</summary>
    public static string Explain(CsvFormatException error)
    {
        string message = error.Message;
        bool Mentions(string word) => message.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (Mentions("MaxRecordSize"))
            return "the row is longer than 16 MB (a quote that is never closed, or not a CSV file?)";
        if (Mentions("line break") || Mentions("never closed"))
            return "a quote is not closed on its line";
        if (Mentions("quote"))
            return "a quote stands where none may be: quote the whole field, and double the quotes inside it";
        return $"not CSV: {message.Split('\n')[0].TrimEnd('.')}";
    }

    private static Stream SkipMark(Stream text)
    {
        Span<byte> mark = stackalloc byte[3];
        text.Position = 0;
        int read = text.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        text.Position = read == mark.Length && mark.SequenceEqual(Encoding.UTF8.Preamble) ? mark.Length : 0;
        return text;
    }
}
