using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>How every argument of a kernel for whole sequences begins: the weights, and where they lie in the order of streaming.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WeightArguments
{
    public nint Hh, Ci, Cf, Cc, Co, PackedH, PackedC;

    public static WeightArguments Of(in RecurrentWeights weights, Tensor? packedH, Tensor? packedC) => new()
    {
        Hh = TensorMemory.Address(weights.Hh),
        Ci = TensorMemory.AddressOrZero(weights.Ci),
        Cf = TensorMemory.AddressOrZero(weights.Cf),
        Cc = TensorMemory.AddressOrZero(weights.Cc),
        Co = TensorMemory.AddressOrZero(weights.Co),
        PackedH = TensorMemory.AddressOrZero(packedH),
        PackedC = TensorMemory.AddressOrZero(packedC),
    };
}

/// <summary>The argument of a kernel that runs a batch in several launches.</summary>
internal interface IBatchArguments
{
    /// <summary>The first batch row of a launch.</summary>
    int FirstRow { set; }
}

/// <summary>The argument of the kernel forward, field by field as the kernel declares it; 0 for what is absent. First is a batch row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForwardArguments : IBatchArguments
{
    public WeightArguments Weights;
    public nint Gates, H, C, H0, C0, Exchange, Lost;
    public int Steps, Batch, HiddenSize, First;

    int IBatchArguments.FirstRow
    {
        set => First = value;
    }

    public static ForwardArguments Of(in WeightArguments weights, in ForwardTensors tensors, nint exchange, nint lost) => new()
    {
        Weights = weights,
        Gates = TensorMemory.Address(tensors.Gates),
        H = TensorMemory.Address(tensors.H),
        C = TensorMemory.Address(tensors.C),
        H0 = TensorMemory.AddressOrZero(tensors.H0),
        C0 = TensorMemory.AddressOrZero(tensors.C0),
        Exchange = exchange,
        Lost = lost,
        Steps = checked((int)tensors.Gates.size(0)),
        Batch = checked((int)tensors.H.size(1)),
        HiddenSize = checked((int)tensors.H.size(2)),
    };
}

/// <summary>The argument of the kernel backward.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BackwardArguments : IBatchArguments
{
    public WeightArguments Weights;
    public nint Gates, C, DY, DHn, DCn, DA, DH0, DC0, Sums, Exchange, Lost;
    public int Steps, Batch, HiddenSize, First;

    int IBatchArguments.FirstRow
    {
        set => First = value;
    }

    public static BackwardArguments Of(in WeightArguments weights, in BackwardTensors tensors, nint exchange, nint lost) => new()
    {
        Weights = weights,
        Gates = TensorMemory.Address(tensors.Gates),
        C = TensorMemory.Address(tensors.C),
        DY = TensorMemory.AddressOrZero(tensors.DY),
        DHn = TensorMemory.AddressOrZero(tensors.DHn),
        DCn = TensorMemory.AddressOrZero(tensors.DCn),
        DA = TensorMemory.Address(tensors.DA),
        DH0 = TensorMemory.AddressOrZero(tensors.DH0),
        DC0 = TensorMemory.AddressOrZero(tensors.DC0),
        Sums = TensorMemory.Address(tensors.Sums),
        Exchange = exchange,
        Lost = lost,
        Steps = checked((int)tensors.Gates.size(0)),
        Batch = checked((int)tensors.C.size(1)),
        HiddenSize = checked((int)tensors.C.size(2)),
    };
}

/// <summary>The argument of the kernels that lay weights out for streaming.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackArguments
{
    public WeightArguments Weights;
    public int HiddenSize;
}

/// <summary>The argument of the forward kernels of one step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForwardStepArguments
{
    public nint I, F, G, O, Gates, CBefore, C, H;
    public int Batch, HiddenSize;
}

/// <summary>The argument of the backward kernels of one step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BackwardStepArguments
{
    public nint I, F, G, O, Gates, CBefore, C, DY, DH, DC, DA, Sums;
    public int Batch, HiddenSize;
}
