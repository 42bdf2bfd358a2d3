using System.Runtime.InteropServices;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Persistence;

/// <summary>Carries flat parameter tensors to and from the named float32 tensors of a file.</summary>
internal static class StateTensors
{
    /// <summary>Cuts a flat tensor [N] into one tensor for each parameter.</summary>
    /// <param name="parameters">The names and shapes, in the order of the flat tensor.</param>
    /// <param name="flat">The values, [N].</param>
    /// <param name="prefix">Put before each name.</param>
    public static IEnumerable<SafetensorsTensor> Split(FlatParameters parameters, Tensor flat, string prefix = "") =>
        Split(parameters, flat, new byte[flat.numel() * sizeof(float)], prefix);

    /// <summary>The same into memory of the caller's, 4 N bytes, which the tensors of the file then share.</summary>
    public static IEnumerable<SafetensorsTensor> Split(FlatParameters parameters, Tensor flat, Memory<byte> values, string prefix = "")
    {
        Copy(flat, values);
        int offset = 0;
        foreach (var (name, shape) in parameters.Layout)
        {
            int size = checked(sizeof(float) * (int)shape.Aggregate(1L, (product, size) => product * size));
            yield return new SafetensorsTensor(prefix + name, SafetensorsType.F32, shape, values.Slice(offset, size));
            offset += size;
        }
    }

    /// <summary>Fills a flat tensor [N] from the named tensors of a file.</summary>
    /// <exception cref="LstmTorchException">A tensor is missing or has another shape.</exception>
    public static void Join(FlatParameters parameters, IReadOnlyDictionary<string, SafetensorsTensor> tensors, Tensor flat, string where, string prefix = "")
    {
        float[] values = new float[flat.numel()];
        int offset = 0;
        foreach (var (name, shape) in parameters.Layout)
        {
            if (!tensors.TryGetValue(prefix + name, out SafetensorsTensor? tensor) || tensor.Type != SafetensorsType.F32 || !tensor.Shape.SequenceEqual(shape))
                throw new LstmTorchException(ErrorKind.Damaged, $"{where}: tensor {prefix + name} is missing or is not float32 [{string.Join(", ", shape)}]");
            ReadOnlySpan<float> floats = tensor.Floats;
            floats.CopyTo(values.AsSpan(offset));
            offset += floats.Length;
        }

        using var noGradient = no_grad();
        using Tensor loaded = tensor(values);
        flat.copy_(loaded);
    }

    private static void Copy(Tensor flat, Memory<byte> values)
    {
        using var scope = NewDisposeScope();
        MemoryMarshal.AsBytes(TensorMemory.Floats(flat.detach().to(ScalarType.Float32, CPU).contiguous())).CopyTo(values.Span);
    }
}
