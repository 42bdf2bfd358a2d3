namespace LstmTorch.Runtime.Onnx;

/// <summary>The number formats of tensors that are used here; the numbers are ONNX's.</summary>
internal enum OnnxType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>Truth value, a byte.</summary>
    Bool = 9,

    /// <summary>64-bit float.</summary>
    Double = 11,
}
