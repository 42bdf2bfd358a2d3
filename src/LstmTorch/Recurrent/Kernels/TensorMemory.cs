using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LstmTorch.Runtime.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>Where a tensor's numbers lie, and tensors whose memory is used again.</summary>
/// <remarks>
/// libtorch's CPU tensors come from the C library, which gives large blocks back to the system: a training step then pays for
/// a few megabytes of fresh pages, which takes as long as half of its arithmetic.
/// </remarks>
internal static unsafe partial class TensorMemory
{
    /// <summary>Room before the numbers for the handle of their workspace; keeps them aligned.</summary>
    private const int HeaderBytes = 64;

    /// <summary>Smaller blocks never leave the C library's free lists.</summary>
    private const long SmallestPooledBytes = 4096;

    /// <summary>The address of the first number, the storage's offset included. Valid while the tensor lives.</summary>
    public static nint Address(Tensor tensor)
    {
        nint address = Data(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
    }

    /// <summary>The address of the first number, or 0 where there is no tensor.</summary>
    public static nint AddressOrZero(Tensor? tensor) => tensor is null ? 0 : Address(tensor);

    /// <summary>The numbers of a contiguous float32 tensor on the CPU. Valid while the tensor lives.</summary>
    public static Span<float> Floats(Tensor tensor) => new((void*)Address(tensor), checked((int)tensor.numel()));

    /// <summary>Whether new tensors hold NaN, so that a number that a kernel forgets to write shows. For verification.</summary>
    public static bool Poisons { get; set; }

    /// <summary>A float32 tensor on the CPU, its numbers unspecified, whose memory returns to the runtime's pool with its last user.</summary>
    public static Tensor Empty(params ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long size in shape)
            count *= size;
        return Poisoned(count * sizeof(float) < SmallestPooledBytes ? empty(shape) : OfWorkspace(count * sizeof(float), shape, ScalarType.Float32));
    }

    /// <summary>A float32 tensor, its numbers unspecified, where libtorch's own allocator is the best there is.</summary>
    public static Tensor EmptyOn(Device device, params ReadOnlySpan<long> shape) =>
        Poisoned(empty(shape, dtype: ScalarType.Float32, device: device));

    /// <summary>Bytes on the CPU, their values unspecified, whose memory returns to the runtime's pool with its last user.</summary>
    public static Tensor EmptyBytes(long count) => OfWorkspace(count, [count], ScalarType.Byte);

    /// <summary>The tensor itself under another handle if it is contiguous, else a contiguous copy.</summary>
    public static Tensor Contiguous(Tensor tensor) => tensor.is_contiguous() ? tensor.alias() : Empty(tensor.shape).copy_(tensor);

    private static Tensor Poisoned(Tensor tensor) => Poisons ? tensor.fill_(float.NaN) : tensor;

    private static Tensor OfWorkspace(long bytes, ReadOnlySpan<long> shape, ScalarType type)
    {
        var workspace = Workspace.Rent(HeaderBytes + bytes);
        byte* block = (byte*)workspace.Take(0);
        *(nint*)block = GCHandle.ToIntPtr(GCHandle.Alloc(workspace));
        fixed (long* sizes = shape)
        {
            nint handle = New(block + HeaderBytes, &Return, sizes, shape.Length, (sbyte)type, (sbyte)type, 0, 0, 0);
            if (handle == 0)
                CheckForErrors();
            return Tensor.UnsafeCreateTensor(handle);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(void* numbers)
    {
        var handle = GCHandle.FromIntPtr(*(nint*)((byte*)numbers - HeaderBytes));
        ((Workspace)handle.Target!).Dispose();
        handle.Free();
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint New(
        void* numbers,
        delegate* unmanaged[Cdecl]<void*, void> deleter,
        long* sizes,
        int dimensions,
        sbyte numbersType,
        sbyte tensorType,
        int deviceType,
        int deviceIndex,
        byte requiresGradient);
}
