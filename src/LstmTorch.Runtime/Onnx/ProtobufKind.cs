namespace LstmTorch.Runtime.Onnx;

/// <summary>How the content of a field lies in a message of Protocol Buffers; the numbers are the format's.</summary>
internal enum ProtobufKind
{
    /// <summary>Seven bits a byte, the lowest first, until a byte without its highest bit.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    EightBytes = 1,

    /// <summary>A length as a varint, and that many bytes.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    FourBytes = 5,
}
