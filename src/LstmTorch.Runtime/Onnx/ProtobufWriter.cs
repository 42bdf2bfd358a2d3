using System.Buffers.Binary;
using System.Text;

namespace LstmTorch.Runtime.Onnx;

/// <summary>
/// Writes a message in the wire format of Protocol Buffers: a field is its number and kind, then a varint, four bytes, or a
/// length and that many bytes.
/// </summary>
/// <remarks>Large contents are kept by reference until the end, so that a model's weights are in memory once.</remarks>
internal sealed class ProtobufWriter
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];

    /// <summary>The bytes of the message.</summary>
    public long Length { get; private set; }

    /// <summary>An integer or an enum.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, ProtobufKind.Varint);
        Varint((ulong)value);
    }

    /// <summary>A 32-bit float.</summary>
    public void Float(int field, float value)
    {
        Tag(field, ProtobufKind.FourBytes);
        byte[] bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Append(bytes);
    }

    /// <summary>A string.</summary>
    public void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes, which must not change until the message is written out.</summary>
    public void Bytes(int field, ReadOnlyMemory<byte> bytes)
    {
        Tag(field, ProtobufKind.Bytes);
        Varint((ulong)bytes.Length);
        Append(bytes);
    }

    /// <summary>A message inside this one.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var message = new ProtobufWriter();
        write(message);
        Message(field, message);
    }

    /// <summary>A message inside this one.</summary>
    public void Message(int field, ProtobufWriter message)
    {
        Tag(field, ProtobufKind.Bytes);
        Varint((ulong)message.Length);
        message._pieces.ForEach(Append);
    }

    /// <summary>The message as one array.</summary>
    /// <exception cref="LstmTorchException">It is longer than the format allows.</exception>
    public byte[] ToArray()
    {
        if (Length > int.MaxValue)
            throw new LstmTorchException(ErrorKind.Usage, $"the file would take {Length} bytes, and its format ends at {int.MaxValue}");
        byte[] all = new byte[Length];
        int offset = 0;
        foreach (ReadOnlyMemory<byte> piece in _pieces)
        {
            piece.CopyTo(all.AsMemory(offset));
            offset += piece.Length;
        }

        return all;
    }

    private void Tag(int field, ProtobufKind kind) => Varint(((ulong)field << 3) | (ulong)kind);

    private void Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        Append(bytes.ToArray());
    }

    private void Append(ReadOnlyMemory<byte> piece)
    {
        _pieces.Add(piece);
        Length += piece.Length;
    }
}
