using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>The mask of <see cref="CounterDropout"/> by tensor operations, for every device.</summary>
/// <remarks>
/// Computes with 32-bit numbers in int64: a remainder takes the place of the overflow, and a factor above 2^31 its twin below 0, so
/// that no product leaves int64.
/// </remarks>
internal static class CounterMask
{
    private const long Range = 1L << 32;

    // Held while native code reads them; see HeldScalars.
    private static readonly Scalar s_range = Range, s_shift13 = 1L << 13, s_shift16 = 1L << 16, s_factor1 = 0x85EBCA6BL - Range, s_factor2 = 0xC2B2AE35L - Range;

    /// <summary>0 with the probability, else 1 / (1 − probability).</summary>
    /// <param name="count">How many elements.</param>
    /// <param name="probability">The share that is dropped, in [0, 1).</param>
    /// <param name="key">Decides which.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the mask shall lie.</param>
    /// <returns>[count]; owned by the caller's dispose scope.</returns>
    public static Tensor Of(long count, double probability, long key, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        using Scalar end = count, first = (long)(uint)key, second = (long)(uint)(key >> 32), dropped = (long)(uint)(probability * uint.MaxValue), kept = (float)(1 / (1 - probability));
        Tensor numbers = arange(HeldScalars.Zero, end, HeldScalars.One, dtype: ScalarType.Int64, device: device);
        Tensor h = Mix(numbers.add_(first, HeldScalars.One).remainder_(s_range));
        h = Mix(h.add_(second, HeldScalars.One).remainder_(s_range));
        return h.ge(dropped).to(dtype).mul_(kept).MoveToOuterDisposeScope();
    }

    /// <summary>The finalizer of MurmurHash3, as <see cref="CounterDropout"/> has it; a shift to the right is a division.</summary>
    private static Tensor Mix(Tensor h)
    {
        h.bitwise_xor_(h.floor_divide(s_shift16)).mul_(s_factor1).remainder_(s_range);
        h.bitwise_xor_(h.floor_divide(s_shift13)).mul_(s_factor2).remainder_(s_range);
        return h.bitwise_xor_(h.floor_divide(s_shift16));
    }
}
