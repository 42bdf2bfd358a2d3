using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>The weights of one layer of a model.</summary>
/// <param name="tensors">All weights of the model, by name.</param>
/// <param name="index">The layer's number, from 0.</param>
internal sealed class OnnxLayer(IReadOnlyDictionary<string, SafetensorsTensor> tensors, int index)
{
    /// <summary>[4H, D], rows i f g o.</summary>
    public SafetensorsTensor Ih => tensors[$"weight_ih_l{index}"];

    /// <summary>[4H, H], rows i f g o.</summary>
    public SafetensorsTensor Hh => tensors[$"weight_hh_l{index}"];

    /// <summary>[4H], i f g o.</summary>
    public SafetensorsTensor Bias => tensors[$"bias_l{index}"];

    /// <summary>D.</summary>
    public long InputSize => Ih.Shape[1];

    /// <summary>H.</summary>
    public long HiddenSize => Hh.Shape[1];

    /// <summary>Whether any gate sees the cell.</summary>
    public bool HasPeepholes => "ifco".Any(letter => Peephole(letter.ToString()) is not null);

    /// <summary>The peephole of a gate, one of the letters i f c o: [H], [H, H], or null where it has none.</summary>
    public SafetensorsTensor? Peephole(string letter) => tensors.GetValueOrDefault($"weight_c{letter}_l{index}");

    /// <summary>A name that is this layer's own.</summary>
    public string Named(string value) => $"{value}_l{index}";
}
