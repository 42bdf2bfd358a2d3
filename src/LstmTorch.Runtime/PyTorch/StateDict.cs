using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.PyTorch;

/// <summary>The weights of a model under the names of PyTorch's modules.</summary>
internal static class StateDict
{
    private const string Bias = "bias_l";

    /// <summary>The layers, as <c>nn.LSTM</c> has them: its two biases, of which the second is zero, and the peepholes beside.</summary>
    public static IReadOnlyList<SafetensorsTensor> OfLayers(IReadOnlyList<SafetensorsTensor> tensors) =>
    [
        .. from tensor in tensors
           where !tensor.Name.Contains('.', StringComparison.Ordinal)
           from entry in tensor.Name.StartsWith(Bias, StringComparison.Ordinal) ? Biases(tensor) : [tensor]
           select entry,
    ];

    /// <summary>The weights of one module, without its name.</summary>
    /// <param name="tensors">All weights.</param>
    /// <param name="module">The module's name and a point.</param>
    public static IReadOnlyList<SafetensorsTensor> Of(IEnumerable<SafetensorsTensor> tensors, string module) =>
    [
        .. tensors.Where(tensor => tensor.Name.StartsWith(module, StringComparison.Ordinal))
            .Select(tensor => tensor with { Name = tensor.Name[module.Length..] }),
    ];

    private static SafetensorsTensor[] Biases(SafetensorsTensor bias)
    {
        string layer = bias.Name[Bias.Length..];
        return [bias with { Name = $"bias_ih_l{layer}" }, bias with { Name = $"bias_hh_l{layer}", Data = new byte[bias.Data.Length] }];
    }
}
