using System.Buffers.Binary;
using System.Text;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>Files made byte by byte, so that the reader is not tested against the writer's own mistakes.</summary>
internal static class SafetensorsBytes
{
    public const string Where = "weights.safetensors";

    /// <summary>Length, header, data; the length is the header's unless another is claimed.</summary>
    public static byte[] Of(string header, byte[]? data = null, ulong? claimed = null) =>
        Of(Encoding.UTF8.GetBytes(header), data, claimed);

    public static byte[] Of(byte[] header, byte[]? data = null, ulong? claimed = null)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, claimed ?? (ulong)header.Length);
        return [.. length, .. header, .. data ?? []];
    }

    public static SafetensorsFile Parse(string header, params byte[] data) => Safetensors.Parse(Of(header, data), Where);

    /// <summary>Checks that the file is refused as damaged, in one line with its name, and gives the message.</summary>
    public static string Refused(byte[] file) => Refusal.Of(ErrorKind.Damaged, Where, () => Safetensors.Parse(file, Where));

    public static string Refused(string header, params byte[] data) => Refused(Of(header, data));
}
