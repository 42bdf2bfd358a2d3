using TorchSharp;

namespace LstmTorch;

/// <summary>TorchSharp's scalars of the operations that every training step takes.</summary>
/// <remarks>
/// <c>a + b</c> makes a scalar 1 and lets go of it before native code has read it: a garbage collection at that moment, on another
/// thread, frees it too early. These are never freed.
/// </remarks>
internal static class HeldScalars
{
    /// <summary>0.</summary>
    public static readonly Scalar Zero = 0;

    /// <summary>1, the alpha of sums and differences.</summary>
    public static readonly Scalar One = 1;
}
