using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Onnx;

/// <summary>What an ONNX file holds, as far as it is read.</summary>
/// <param name="Producer">The program that wrote it and its version.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Inputs">The graph's inputs that are not constants, with their shapes; -1 for a size that is not fixed.</param>
/// <param name="Nodes">The nodes, in the order of their computation.</param>
/// <param name="Constants">The constants by name; their numbers lie in the file's bytes.</param>
internal sealed record OnnxContent(
    string Producer,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Inputs,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyDictionary<string, OnnxConstant> Constants)
{
    /// <summary>The numbers of a float32 constant of this shape.</summary>
    /// <exception cref="FormatException">It is not there, or of another type or shape.</exception>
    public float[] Floats(string name, params long[] shape) => !Constants.TryGetValue(name, out OnnxConstant? constant)
        ? throw new FormatException($"'{name}' is no constant; weights must be")
        : constant.Shape.SequenceEqual(shape)
            ? constant.Floats
            : throw new FormatException($"'{name}' is [{string.Join(", ", constant.Shape)}], expected [{string.Join(", ", shape)}]");

    /// <summary>A size of a constant, or 0 where it has no such dimension or there is no such constant.</summary>
    public long Size(string name, int dimension) =>
        Constants.TryGetValue(name, out OnnxConstant? constant) && dimension < constant.Shape.Count ? constant.Shape[dimension] : 0;
}

/// <summary>One node.</summary>
/// <param name="Operation">The operator, with its domain where that is not ONNX's own.</param>
/// <param name="Inputs">The names of its inputs; empty for one that is left out.</param>
/// <param name="Outputs">The names of its outputs.</param>
/// <param name="Attributes">Its attributes: an integer, a float, a text, a list of integers or texts, a tensor, or null for anything else.</param>
internal sealed record OnnxNode(
    string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, object?> Attributes)
{
    /// <summary>An input, or an empty text where there is none.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : string.Empty;

    /// <summary>An integer attribute.</summary>
    /// <exception cref="FormatException">It is of another type.</exception>
    public long Integer(string name, long absent) => !Attributes.TryGetValue(name, out object? value)
        ? absent
        : value as long? ?? throw new FormatException($"the attribute {name} of {Operation} is no integer");

    /// <summary>A text attribute.</summary>
    /// <exception cref="FormatException">It is of another type.</exception>
    public string Text(string name, string absent) => !Attributes.TryGetValue(name, out object? value)
        ? absent
        : value as string ?? throw new FormatException($"the attribute {name} of {Operation} is no text");
}

/// <summary>A constant of the graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">ONNX's number of its type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Data">The numbers, little-endian; of float32 exactly as many as the shape says.</param>
internal sealed record OnnxConstant(string Name, long Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether all numbers are zero, whatever their type.</summary>
    public bool IsZero => Data.Span.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>The numbers of float32.</summary>
    /// <exception cref="FormatException">They are of another type.</exception>
    public float[] Floats => Type == (long)OnnxType.Float
        ? MemoryMarshal.Cast<byte, float>(Data.Span).ToArray()
        : throw new FormatException($"'{Name}' is not float32 but of type {Type}; export the model in float32");
}
