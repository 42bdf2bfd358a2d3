namespace LstmTorch.Runtime.Kernels;

/// <summary>Copies states [B, H] of the caller to and from the rows of a slice.</summary>
internal static unsafe class StateRows
{
    /// <summary>Sequences from <paramref name="start"/> on; zeros if there is no source.</summary>
    public static void CopyIn(float* source, float* target, int start, int rows, int size, nint stride)
    {
        for (int row = 0; row < rows; row++)
        {
            var to = new Span<float>(target + (row * stride), size);
            if (source == null)
            {
                to.Clear();
            }
            else
            {
                new ReadOnlySpan<float>(source + ((long)(start + row) * size), size).CopyTo(to);
            }
        }
    }

    /// <summary>Sequences from <paramref name="start"/> on; nothing if there is no target.</summary>
    public static void CopyOut(float* source, float* target, int start, int rows, int size, nint stride)
    {
        for (int row = 0; target != null && row < rows; row++)
        {
            new ReadOnlySpan<float>(source + (row * stride), size).CopyTo(new Span<float>(target + ((long)(start + row) * size), size));
        }
    }
}
