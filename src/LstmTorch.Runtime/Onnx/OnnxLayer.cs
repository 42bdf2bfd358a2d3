using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>The weights of one layer of a model.</summary>
/// <param name="tensors">All weights of the model, by name.</param>
/// <param name="index">The layer's number, from 0.</param>
/// <param name="prefix">What the names of the layer's network begin with.</param>
internal sealed class OnnxLayer(IReadOnlyDictionary<string, SafetensorsTensor> tensors, int index, string prefix = "")
{
    /// <summary>[4H, D], rows i f g o.</summary>
    public SafetensorsTensor Ih => tensors[Named("weight_ih")];

    /// <summary>[4H, H], rows i f g o.</summary>
    public SafetensorsTensor Hh => tensors[Named("weight_hh")];

    /// <summary>[4H], i f g o.</summary>
    public SafetensorsTensor Bias => tensors[Named("bias")];

    /// <summary>D.</summary>
    public long InputSize => Ih.Shape[1];

    /// <summary>H.</summary>
    public long HiddenSize => Hh.Shape[1];

    /// <summary>Whether any gate sees the cell.</summary>
    public bool HasPeepholes => "ifco".Any(letter => Peephole(letter.ToString()) is not null);

    /// <summary>The peephole of a gate, one of the letters i f c o: [H], [H, H], or null where it has none.</summary>
    public SafetensorsTensor? Peephole(string letter) => tensors.GetValueOrDefault(Named($"weight_c{letter}"));

    /// <summary>A name that is this layer's own.</summary>
    public string Named(string value) => $"{prefix}{value}_l{index}";
}
