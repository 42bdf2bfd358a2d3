using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// One rented block of native memory, handed out in pieces aligned to 64 bytes. Dispose returns it to the pool; a
/// workspace that is forgotten is returned by its finalizer.
/// </summary>
/// <remarks>What a piece holds at first is unspecified.</remarks>
internal sealed unsafe class Workspace : IDisposable
{
    private const long Alignment = 64;

    // Kept for reuse, in bytes: fresh pages cost as much as the arithmetic on them.
    private const long MostKept = 1L << 30;

    private static readonly List<(nint Address, long Bytes)> Free = [];
    private static long s_kept;

    private readonly long _bytes;
    private nint _address;
    private long _taken;

    private Workspace(nint address, long bytes)
    {
        _address = address;
        _bytes = bytes;
    }

    ~Workspace() => Return();

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
        Workspace workspace = TakeFree(bytes) ?? Allocate(bytes);
        if (Poison is byte fill)
        {
            NativeMemory.Fill((void*)workspace._address, (nuint)workspace._bytes, fill);
        }

        return workspace;
    }

    /// <summary>The next piece of <paramref name="floats"/> floats.</summary>
    public float* Take(long floats)
    {
        ObjectDisposedException.ThrowIf(_address == 0, this);
        nint piece = _address + (nint)_taken;
        _taken += Piece(floats);
        return _taken <= _bytes ? (float*)piece : throw new InvalidOperationException("The workspace is too small.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    private static Workspace Allocate(long bytes) =>
        new((nint)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Alignment), bytes);

    // The smallest block that is large enough and not wastefully large.
    private static Workspace? TakeFree(long bytes)
    {
        lock (Free)
        {
            int best = -1;
            for (int i = 0; i < Free.Count; i++)
            {
                long size = Free[i].Bytes;
                if (size >= bytes && size <= (2 * bytes) + 4096 && (best < 0 || size < Free[best].Bytes))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return null;
            }

            (nint address, long found) = Free[best];
            Free.RemoveAt(best);
            s_kept -= found;
            return new Workspace(address, found);
        }
    }

    private void Return()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
        {
            return;
        }

        lock (Free)
        {
            Free.Add((address, _bytes));
            s_kept += _bytes;
            while (s_kept > MostKept)
            {
                (nint oldest, long bytes) = Free[0];
                Free.RemoveAt(0);
                s_kept -= bytes;
                NativeMemory.AlignedFree((void*)oldest);
            }
        }
    }
}
