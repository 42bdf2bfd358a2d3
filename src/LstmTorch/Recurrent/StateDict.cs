using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>State dicts of modules whose names differ from their fields'.</summary>
internal static class StateDict
{
    /// <summary>Adds the parameters to <paramref name="destination"/>, or to a new dictionary, under their names after the prefix.</summary>
    public static Dictionary<string, Tensor> Of(
        IEnumerable<(string Name, Parameter Parameter)> parameters, Dictionary<string, Tensor>? destination, string? prefix)
    {
        destination ??= [];
        foreach (var (name, parameter) in parameters)
            destination[string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}"] = parameter;
        return destination;
    }
}
