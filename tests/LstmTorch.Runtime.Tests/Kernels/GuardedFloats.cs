using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>Floats that end, or start, at a page that may not be touched (on Linux; elsewhere plain memory).</summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int Page = 4096;
    private readonly byte* _map;
    private readonly nuint _bytes;

    public GuardedFloats(ReadOnlySpan<double> values, bool guardBehind = true)
    {
        Length = values.Length;
        nuint data = (nuint)Math.Max(1, ((Length * sizeof(float)) + Page - 1) / Page) * Page;
        _bytes = data + (2 * Page);
        if (OperatingSystem.IsLinux())
        {
            _map = (byte*)Mmap(null, _bytes, 3, 0x22, -1, 0);
            if ((nint)_map == -1 || Mprotect(_map, Page, 0) != 0 || Mprotect(_map + Page + data, Page, 0) != 0)
            {
                throw new InvalidOperationException("mmap or mprotect failed");
            }
        }
        else
        {
            _map = (byte*)NativeMemory.Alloc(_bytes);
        }

        Data = guardBehind ? (float*)(_map + Page + data) - Length : (float*)(_map + Page);
        for (int i = 0; i < Length; i++)
        {
            Data[i] = (float)values[i];
        }
    }

    public float* Data { get; }

    public int Length { get; }

    /// <summary>An output: NaN until it is written.</summary>
    public static GuardedFloats Unwritten(int length, bool guardBehind = true)
    {
        double[] values = new double[length];
        Array.Fill(values, double.NaN);
        return new GuardedFloats(values, guardBehind);
    }

    public float[] ToArray() => new ReadOnlySpan<float>(Data, Length).ToArray();

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Munmap(_map, _bytes);
        }
        else
        {
            NativeMemory.Free(_map);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);
}
