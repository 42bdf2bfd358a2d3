namespace LstmTorch.Runtime.Model;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">The tensors, in the order of their data.</param>
/// <param name="Metadata">The strings of <c>__metadata__</c>.</param>
public sealed record SafetensorsFile(IReadOnlyList<SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
