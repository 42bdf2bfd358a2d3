using LstmTorch.Runtime.Model;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>What a plan needs to know of a layer and its batch.</summary>
/// <param name="Batch">B.</param>
/// <param name="HiddenSize">H.</param>
/// <param name="Peephole">The peepholes.</param>
/// <param name="Exact">Products of float32's precision, by three of TF32 each.</param>
internal readonly record struct CudaShape(int Batch, int HiddenSize, Peephole Peephole, bool Exact);

/// <summary>How the blocks of a group exchange numbers.</summary>
internal enum CudaTier
{
    /// <summary>Through the shared memory of a cluster, up to 16 blocks.</summary>
    Cluster,

    /// <summary>Through global memory, between blocks that all run at once.</summary>
    Grid,
}

/// <summary>One kernel, how it is compiled, and how it is launched.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Parts">The source, see <see cref="CudaSources"/>.</param>
/// <param name="Defines">Options of the compiler, such as -DUNITS=64.</param>
/// <param name="Blocks">Blocks of a launch.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="Cluster">Blocks of a cluster; 0 in the grid tier, whose launches are cooperative.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Rows">Batch rows of a launch.</param>
/// <param name="ExchangeWords">Words of 4 bytes that must be zero before each launch; 0 in the cluster tier.</param>
internal sealed record CudaLaunch(
    string Function,
    IReadOnlyList<string> Parts,
    IReadOnlyList<string> Defines,
    int Blocks,
    int Threads,
    int Cluster,
    int SharedBytes,
    int Rows,
    long ExchangeWords)
{
    /// <summary>The bytes of W_h's fragments, and of the peepholes', that are laid out in global memory first; 0 where all fits on the chip.</summary>
    public (long H, long C) PackedBytes { get; init; }

    /// <summary>The kernel that lays them out, from the same compilation; null where nothing is streamed.</summary>
    public CudaLaunch? Pack { get; init; }
}
