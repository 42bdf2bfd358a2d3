using System.Buffers.Binary;

namespace LstmTorch.Runtime.Inference;

/// <summary>A 64-bit hash that tells models and damaged bytes apart; it is no protection against intent.</summary>
/// <remarks>FNV-1a (Fowler, Noll, Vo), 8 bytes a step: each step is a bijection, so that one changed word always shows.</remarks>
internal struct Fingerprint()
{
    private const ulong Prime = 0x100000001B3;

    /// <summary>The hash of what was added so far.</summary>
    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Adds bytes and their number.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (Value ^ (ulong)bytes.Length) * Prime;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime;
        foreach (byte rest in bytes)
            hash = (hash ^ rest) * Prime;
        Value = hash;
    }
}
