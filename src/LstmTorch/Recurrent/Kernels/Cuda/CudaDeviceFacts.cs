namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>What the choice of kernels depends on.</summary>
/// <param name="Major">The first number of the compute capability.</param>
/// <param name="Minor">The second number of the compute capability.</param>
/// <param name="Multiprocessors">How many there are for this program.</param>
/// <param name="SharedBytesPerBlock">Shared memory that a block can have if it asks, in bytes.</param>
internal readonly record struct CudaDeviceFacts(int Major, int Minor, int Multiprocessors, int SharedBytesPerBlock)
{
    /// <summary>The compiler's name of the architecture. The kernels use nothing that later ones do not keep, the "a" of sm_90a.</summary>
    public string Architecture => $"sm_{Major}{Minor}";
}
