using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>A network on libtorch with the weights of a model file.</summary>
internal static class LoadedNetwork
{
    /// <summary>Builds it.</summary>
    /// <param name="file">A model of one network.</param>
    /// <param name="device">Where it shall live.</param>
    /// <param name="kernel">auto, or a kernel's name.</param>
    /// <param name="precision">How matrix products round their factors on a CUDA device.</param>
    public static LstmForecaster Of(ModelFile file, Device device, string kernel, MatrixPrecision precision)
    {
        var network = new LstmForecaster(file.Config, device: device);
        network.Lstm.Kernel = kernel;
        network.Lstm.Precision = precision;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Dictionary<string, Tensor> state = network.state_dict();
        foreach (SafetensorsTensor weight in file.Tensors)
            state[weight.Name].copy_(tensor(weight.Floats.ToArray()).reshape([.. weight.Shape]));
        return network;
    }
}
