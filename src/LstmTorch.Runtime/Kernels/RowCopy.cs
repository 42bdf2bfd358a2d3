using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>Copies short rows without a call for each: a few features a step are too few for memmove.</summary>
internal static unsafe class RowCopy<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>
    /// Copies <paramref name="rows"/> rows of <paramref name="size"/> floats and touches nothing else.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, nint sourceStride, float* target, nint targetStride, int rows, int size)
    {
        int whole = size / L.Width * L.Width;
        for (; rows > 0; rows--)
        {
            for (nint n = 0; n < whole; n += L.Width)
            {
                L.Store(target + n, L.Load(source + n));
            }

            if (whole < size)
            {
                L.StoreFirst(target + whole, L.LoadFirst(source + whole, size - whole), size - whole);
            }

            source += sourceStride;
            target += targetStride;
        }
    }
}
