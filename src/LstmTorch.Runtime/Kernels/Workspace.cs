using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>One rented block of memory, handed out in pieces aligned to 64 bytes. Dispose returns it to the pool.</summary>
/// <remarks>
/// <para>What a piece holds at first is unspecified. Pieces are valid until Dispose, and as long as something holds the
/// workspace.</para>
/// <para>The memory is a pinned array and not the C library's: that would be a guest in a heap that libtorch fills and
/// trims at every step, to the cost of both.</para>
/// </remarks>
internal sealed unsafe class Workspace : IDisposable
{
    private const long Alignment = 64;

    // Kept for reuse, in bytes: fresh pages cost as much as the arithmetic on them.
    private const long MostKept = 1L << 30;

    private static readonly List<Line[]> Free = [];
    private static long s_kept;

    private Line[]? _block;
    private long _taken;

    private Workspace(Line[] block)
    {
        _block = block;
    }

    /// <summary>
    /// Fills every rented block with this byte; for tests that look for reads of what was never written.
    /// </summary>
    internal static byte? Poison { get; set; }

    /// <summary>The bytes that <paramref name="floats"/> floats take as one piece.</summary>
    public static long Piece(long floats) => (((floats * sizeof(float)) + Alignment - 1) / Alignment * Alignment) + Alignment;

    /// <summary>The next address that a piece may start at.</summary>
    public static float* Align(float* address) => (float*)(((nint)address + Alignment - 1) & ~(nint)(Alignment - 1));

    /// <summary>Rents at least <paramref name="bytes"/> bytes.</summary>
    public static Workspace Rent(long bytes)
    {
        // One more, since an array starts anywhere.
        long lines = ((bytes + Alignment - 1) / Alignment) + 1;
        Line[] block = TakeFree(lines) ?? GC.AllocateUninitializedArray<Line>(checked((int)lines), pinned: true);
        if (Poison is byte fill)
            NativeMemory.Fill(Unsafe.AsPointer(ref block[0]), (nuint)(block.Length * Alignment), fill);
        return new Workspace(block);
    }

    /// <summary>The next piece of <paramref name="floats"/> floats.</summary>
    public float* Take(long floats)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        float* start = Align((float*)Unsafe.AsPointer(ref _block[0]));
        var piece = (float*)((byte*)start + _taken);
        _taken += Piece(floats);
        return _taken <= (_block.Length - 1) * Alignment
            ? piece
            : throw new InvalidOperationException("The workspace is too small.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _block, null) is not { } block)
            return;

        lock (Free)
        {
            Free.Add(block);
            s_kept += block.Length * Alignment;
            while (s_kept > MostKept)
            {
                s_kept -= Free[0].Length * Alignment;
                Free.RemoveAt(0);
            }
        }
    }

    // The smallest block that is large enough and not wastefully large.
    private static Line[]? TakeFree(long lines)
    {
        lock (Free)
        {
            int best = -1;
            for (int i = 0; i < Free.Count; i++)
            {
                long size = Free[i].Length;
                if (size >= lines && size <= 2 * (lines + Alignment) && (best < 0 || size < Free[best].Length))
                    best = i;
            }

            if (best < 0)
                return null;

            Line[] block = Free[best];
            Free.RemoveAt(best);
            s_kept -= block.Length * Alignment;
            return block;
        }
    }

    /// <summary>The unit of the arrays, so that one can be larger than 2 GiB.</summary>
    [StructLayout(LayoutKind.Sequential, Size = (int)Alignment)]
    private readonly struct Line;
}
