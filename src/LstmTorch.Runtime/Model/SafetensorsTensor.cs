using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Model;

/// <summary>The number formats of the safetensors format, in the order by which the reference sorts tensors.</summary>
public enum SafetensorsType
{
    /// <summary>8-bit boolean.</summary>
    BOOL,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8_E5M2,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    F8_E4M3,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>16-bit float, IEEE 754.</summary>
    F16,

    /// <summary>16-bit float, 8 exponent bits.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}

/// <summary>One named tensor of a safetensors file.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The number format.</param>
/// <param name="Shape">The shape, row-major; empty for a scalar.</param>
/// <param name="Data">The numbers, little-endian.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The numbers of a float32 tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not float32.</exception>
    public ReadOnlySpan<float> Floats => Type == SafetensorsType.F32
        ? MemoryMarshal.Cast<byte, float>(Data.Span)
        : throw new InvalidOperationException($"Tensor {Name} is {Type}, not F32.");

    /// <summary>Makes a float32 tensor of a copy of the values.</summary>
    public static SafetensorsTensor FromFloats(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, SafetensorsType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Bytes of one number.</summary>
    internal static int SizeOf(SafetensorsType type) => type switch
    {
        <= SafetensorsType.F8_E4M3 => 1,
        <= SafetensorsType.BF16 => 2,
        <= SafetensorsType.F32 => 4,
        _ => 8,
    };
}
