using System.Buffers.Binary;
using System.Text;

namespace LstmTorch.Runtime.Onnx;

/// <summary>
/// Reads the fields of a message of Protocol Buffers one after another, in place. Every length is held against the bytes that are
/// there; nothing is allocated but the texts that are asked for.
/// </summary>
/// <param name="message">The message.</param>
internal struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private const int LongestVarint = 10;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private int _position;
    private ulong _number;
    private ReadOnlyMemory<byte> _content;
    private ProtobufKind _kind;

    /// <summary>The number of the field that was read.</summary>
    public int Field { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="FormatException">The message is malformed.</exception>
    public bool Next()
    {
        if (_position == message.Length)
            return false;
        ulong tag = Varint();
        if (tag >> 3 is 0 or > int.MaxValue >> 3)
            throw new FormatException($"a field has the number {tag >> 3}");
        Field = (int)(tag >> 3);
        _kind = (ProtobufKind)(tag & 7);
        _number = _kind == ProtobufKind.Varint ? Varint() : 0;
        _content = _kind switch
        {
            ProtobufKind.Varint => default,
            ProtobufKind.EightBytes => Take(sizeof(double)),
            ProtobufKind.FourBytes => Take(sizeof(float)),
            ProtobufKind.Bytes => Take(Varint()),
            _ => throw new FormatException($"field {Field} is of an unknown kind, {(int)_kind}"),
        };
        return true;
    }

    /// <summary>The field as an integer.</summary>
    public readonly long Integer => _kind == ProtobufKind.Varint ? (long)_number : throw Unexpected("an integer");

    /// <summary>The field as a 32-bit float.</summary>
    public readonly float Float =>
        _kind == ProtobufKind.FourBytes ? BinaryPrimitives.ReadSingleLittleEndian(_content.Span) : throw Unexpected("a 32-bit float");

    /// <summary>The field as bytes or as a message.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _kind == ProtobufKind.Bytes ? _content : throw Unexpected("bytes");

    /// <summary>The field as a text.</summary>
    public readonly string Text
    {
        get
        {
            try
            {
                return s_strictUtf8.GetString(Bytes.Span);
            }
            catch (DecoderFallbackException)
            {
                throw new FormatException($"the text of field {Field} is not UTF-8");
            }
        }
    }

    /// <summary>Adds the integers of a repeated field, which come one by one or packed.</summary>
    /// <param name="integers">Receives them.</param>
    /// <param name="most">How many there may be in all.</param>
    public readonly void AddIntegers(List<long> integers, int most)
    {
        if (_kind == ProtobufKind.Varint)
        {
            integers.Add(Integer);
        }
        else
        {
            var packed = new ProtobufReader(Bytes);
            while (packed._position < Bytes.Length && integers.Count <= most)
                integers.Add((long)packed.Varint());
        }

        if (integers.Count > most)
            throw new FormatException($"field {Field} has more than {most} numbers");
    }

    private ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)(message.Length - _position))
            throw new FormatException($"field {Field} claims {length} bytes where {message.Length - _position} are left");
        ReadOnlyMemory<byte> taken = message.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        ReadOnlySpan<byte> bytes = message.Span[_position..];
        for (int n = 0; n < bytes.Length && n < LongestVarint; n++)
        {
            value |= (bytes[n] & 0x7FUL) << (7 * n);
            if (bytes[n] < 0x80)
            {
                _position += n + 1;
                return n < LongestVarint - 1 || bytes[n] <= 1 ? value : throw new FormatException("a number has more than 64 bits");
            }
        }

        throw new FormatException("a number does not end");
    }

    private readonly FormatException Unexpected(string what) => new($"field {Field} is not {what}");
}
