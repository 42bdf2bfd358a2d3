using System.Runtime.InteropServices;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>Facts of a device, by the driver's numbers.</summary>
internal enum DeviceAttribute
{
    /// <summary>Multiprocessors, those of its own part where a device is divided.</summary>
    Multiprocessors = 16,

    /// <summary>The first number of its compute capability.</summary>
    ComputeCapabilityMajor = 75,

    /// <summary>The second number of its compute capability.</summary>
    ComputeCapabilityMinor = 76,

    /// <summary>Shared memory that a block can have if it asks, in bytes.</summary>
    SharedBytesPerBlock = 97,
}

/// <summary>Properties of a kernel, by the driver's numbers.</summary>
internal enum FunctionAttribute
{
    /// <summary>Registers of a thread.</summary>
    Registers = 4,

    /// <summary>Bytes of a thread that do not fit its registers.</summary>
    LocalBytes = 3,

    /// <summary>Shared memory that a launch may ask for, in bytes.</summary>
    DynamicSharedBytes = 8,

    /// <summary>Whether clusters may have more than eight blocks.</summary>
    LargeClusters = 14,
}

/// <summary>How a kernel is started: the driver's CUlaunchConfig.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LaunchConfiguration
{
    public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
    public nint Stream;
    public LaunchAttribute* Attributes;
    public uint AttributeCount;

    /// <summary>A row of blocks on the default stream, the only one that TorchSharp uses.</summary>
    public static LaunchConfiguration Row(int blocks, int threads, int sharedBytes) => new()
    {
        GridX = (uint)blocks,
        GridY = 1,
        GridZ = 1,
        BlockX = (uint)threads,
        BlockY = 1,
        BlockZ = 1,
        SharedBytes = (uint)sharedBytes,
    };
}

/// <summary>The driver's CUlaunchAttribute: what is asked for and, after eight bytes, a union of 64.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct LaunchAttribute
{
    private const uint CooperativeNumber = 2, ClusterNumber = 4;

    [FieldOffset(0)]
    public uint Number;

    [FieldOffset(8)]
    public uint X;

    [FieldOffset(12)]
    public uint Y;

    [FieldOffset(16)]
    public uint Z;

    /// <summary>All blocks run at the same time, or the launch fails.</summary>
    public static LaunchAttribute Cooperative => new() { Number = CooperativeNumber, X = 1 };

    /// <summary>Blocks in clusters, each of which shares memory.</summary>
    public static LaunchAttribute Cluster(int blocks) => new() { Number = ClusterNumber, X = (uint)blocks, Y = 1, Z = 1 };
}
