using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>Where a tensor's numbers lie.</summary>
internal static partial class TensorMemory
{
    /// <summary>The address of the first number, the storage's offset included. Valid while the tensor lives.</summary>
    public static nint Address(Tensor tensor)
    {
        nint address = Data(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
