using System.IO.Compression;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>A file that may be packed by gzip.</summary>
internal static class GzipFile
{
    private static readonly byte[] s_end = [.. "the end of a gzip file"u8], s_packedEnd = Pack(s_end);

    /// <summary>The content of a packed file, in memory and at its start; a file whose first bytes are not gzip's is given back as it is.</summary>
    /// <param name="file">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="LstmTorchException">It is damaged.</exception>
    public static Stream Unpack(Stream file, string name)
    {
        file.Position = 0;
        bool isPacked = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        if (!isPacked)
            return file;

        // GZipStream takes a file that is cut off for one that is complete. Files packed one after the other are unpacked one after the
        // other, however, so that what is put behind this one comes out only where this one is complete.
        var packed = new MemoryStream();
        file.CopyTo(packed);
        packed.Write(s_packedEnd);
        packed.Position = 0;
        var content = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(packed, CompressionMode.Decompress);
            gzip.CopyTo(content);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(name, error);
        }

        if (!content.GetBuffer().AsSpan(0, (int)content.Length).EndsWith(s_end))
            throw Damaged(name, null);
        content.SetLength(content.Length - s_end.Length);
        content.Position = 0;
        return content;
    }

    private static LstmTorchException Damaged(string name, Exception? error) =>
        new(ErrorKind.BadData, $"{name}: this gzip file is damaged or cut off; fetch it again", error);

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }
}
