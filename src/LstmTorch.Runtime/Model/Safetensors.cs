using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LstmTorch.Runtime.Model;

/// <summary>
/// The safetensors format: 8 bytes with the length of a JSON header, the header, and the numbers of all tensors without a gap.
/// </summary>
/// <remarks>
/// Source: the format's specification and reference reader, huggingface/safetensors. The reader is as strict as the
/// reference and more so: duplicate names and unknown fields are refused too. Nothing in a file makes it run code, read
/// another file, or allocate more than a small multiple of the file's own size.
/// </remarks>
public static class Safetensors
{
    /// <summary>The reference reader's limit.</summary>
    private const ulong MaximumHeader = 100_000_000;

    private const int LengthSize = 8;
    private const string MetadataKey = "__metadata__";

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="LstmTorchException">The file is missing or breaks a rule of the format.</exception>
    public static SafetensorsFile Read(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: {(Directory.Exists(path) ? "cannot be read: it is a folder" : "there is no such file")}");
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (!stream.CanSeek)
                throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: it is a pipe or the like; copy it to a file first");
            byte[] length = new byte[LengthSize];
            int headerLength = CheckHeaderLength(stream.ReadAtLeast(length, LengthSize, throwOnEndOfStream: false) < LengthSize ? [] : length, stream.Length, path);

            // Whether the header fits the file shows before the file is taken into memory.
            byte[] header = new byte[headerLength];
            stream.ReadExactly(header);
            _ = Layout(header, stream.Length - LengthSize - headerLength, path);
            if (stream.Length > Array.MaxLength)
                throw Damaged(path, $"{stream.Length} bytes are more than this reader takes");
            byte[] bytes = new byte[stream.Length];
            stream.Position = 0;
            stream.ReadExactly(bytes);
            return Parse(bytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a file that is in memory; the tensors point into it.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">A rule of the format is broken.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes, string where)
    {
        int headerLength = CheckHeaderLength(bytes.Length < LengthSize ? [] : bytes.Span[..LengthSize], bytes.Length, where);
        ReadOnlyMemory<byte> data = bytes[(LengthSize + headerLength)..];
        var (entries, metadata) = Layout(bytes.Span.Slice(LengthSize, headerLength), data.Length, where);
        return new SafetensorsFile(
            [.. entries.Select(entry => new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, data[(int)entry.Begin..(int)entry.End]))], metadata);
    }

    /// <summary>Writes a file: the same tensors and metadata give the same bytes.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">The tensors; ordered by type, widest numbers first, then by name, as the reference does.</param>
    /// <param name="metadata">Strings to keep with them.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, a tensor's data do not fill its shape, a text is not Unicode, or the header exceeds the format's limit.</exception>
    public static void Write(Stream stream, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        var ordered = tensors.OrderByDescending(tensor => tensor.Type).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        CheckTensors(ordered);
        // The JSON writer would replace what is not Unicode, and two names could become one.
        foreach (string text in ordered.Select(tensor => tensor.Name).Concat(metadata.Keys).Concat(metadata.Values))
            _ = s_strictUtf8.GetByteCount(text);

        byte[] header = Header(ordered, metadata);
        if ((ulong)header.Length > MaximumHeader)
            throw new ArgumentException($"The header would take {header.Length} bytes, the limit is {MaximumHeader}.", nameof(metadata));
        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafetensorsTensor tensor in ordered)
            stream.Write(tensor.Data.Span);
    }

    private static int CheckHeaderLength(ReadOnlySpan<byte> length, long fileLength, string where)
    {
        if (length.IsEmpty)
            throw Damaged(where, $"{fileLength} bytes are too few for a safetensors file");
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (header > MaximumHeader)
            throw Damaged(where, $"its first {LengthSize} bytes would make the header {header} bytes long, and the limit is {MaximumHeader}; is it another kind of file?");
        if (header > (ulong)(fileLength - LengthSize))
            throw Damaged(where, $"its first {LengthSize} bytes make the header {header} bytes long, and the file has only {fileLength}; was it cut off?");
        return (int)header;
    }

    /// <summary>The header's tensors in the order of their data, which they fill without a gap.</summary>
    private static (List<SafetensorsHeader.Entry> Entries, IReadOnlyDictionary<string, string> Metadata) Layout(ReadOnlySpan<byte> header, long dataLength, string where)
    {
        try
        {
            _ = s_strictUtf8.GetCharCount(header);
            var (entries, metadata) = SafetensorsHeader.Parse(header);
            List<SafetensorsHeader.Entry> ordered = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
            CheckLayout(ordered, (ulong)dataLength);
            return (ordered, metadata);
        }
        catch (Exception error) when (error is DecoderFallbackException or JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw Damaged(where, error is DecoderFallbackException ? "the header is not UTF-8" : error.Message, error);
        }
    }

    private static void CheckLayout(List<SafetensorsHeader.Entry> entries, ulong dataLength)
    {
        ulong end = 0;
        foreach (SafetensorsHeader.Entry entry in entries)
        {
            if (entry.Begin != end || entry.End < entry.Begin || entry.End > dataLength)
                throw new FormatException($"tensor '{entry.Name}' lies at [{entry.Begin}, {entry.End}), which overlaps, leaves a gap or ends outside the file");

            ulong size = (ulong)SafetensorsTensor.SizeOf(entry.Type);
            foreach (long dimension in entry.Shape)
                size = checked(size * (ulong)dimension);
            if (size != entry.End - entry.Begin)
                throw new FormatException($"tensor '{entry.Name}' has {entry.End - entry.Begin} bytes, its shape needs {size}");
            end = entry.End;
        }

        if (end != dataLength)
            throw new FormatException($"the tensors end after {end} bytes of data, the file after {dataLength}");
    }

    private static void CheckTensors(List<SafetensorsTensor> tensors)
    {
        var names = new HashSet<string>();
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (tensor.Name == MetadataKey || !names.Add(tensor.Name))
                throw new ArgumentException($"The name '{tensor.Name}' occurs twice or is reserved.", nameof(tensors));
            Int128 size = tensor.Shape.Aggregate((Int128)SafetensorsTensor.SizeOf(tensor.Type), (product, dimension) => checked(product * dimension));
            if (size != tensor.Data.Length || tensor.Shape.Any(dimension => dimension < 0))
                throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.Data.Length} bytes, its shape needs {size}.", nameof(tensors));
        }
    }

    private static byte[] Header(List<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (SafetensorsTensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.ToString());
                json.WriteStartArray("shape");
                foreach (long dimension in tensor.Shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The numbers start at a multiple of 8, so that a reader can map them where they lie.
        while (buffer.Length % LengthSize != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static LstmTorchException Damaged(string where, string what, Exception? inner = null) =>
        new(ErrorKind.Damaged, $"{where}: not a whole safetensors file: {what}", inner);
}
