using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.PyTorch;

namespace LstmTorch.Runtime.Import;

/// <summary>A linear map from the last hidden state to the forecasts.</summary>
/// <param name="Weight">[horizon · targets, H], row-major.</param>
/// <param name="Bias">[horizon · targets].</param>
public sealed record ImportedHead(float[] Weight, float[] Bias)
{
    /// <summary>The map that makes the hidden state itself the forecasts.</summary>
    /// <param name="size">H.</param>
    public static ImportedHead Identity(int size)
    {
        float[] weight = new float[checked(size * size)];
        for (int n = 0; n < size; n++)
            weight[(n * size) + n] = 1;
        return new ImportedHead(weight, new float[size]);
    }

    /// <summary>Reads the state dict of an <c>nn.Linear</c>.</summary>
    /// <param name="path">A safetensors file with <c>weight</c> and <c>bias</c>.</param>
    /// <exception cref="LstmTorchException">The file is missing, or something else.</exception>
    public static ImportedHead Read(string path)
    {
        IReadOnlyList<SafetensorsTensor> tensors = Safetensors.Read(path).Tensors;
        return StateDictImport.HeadOf(tensors, path)
            ?? throw new LstmTorchException(ErrorKind.Damaged, $"{path}: not the state dict of one nn.Linear: it needs a weight [outputs, inputs] and a bias [outputs]");
    }
}
