using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// Runs on the OpenMP team of a GNU libgomp that the process has loaded, which is libtorch's own on Linux.
/// </summary>
/// <remarks>
/// libgomp's idle threads spin for milliseconds after each parallel region. Threads of our own would compete with them
/// for the cores; as members of their team we find them awake.
/// </remarks>
internal sealed unsafe class GompTeam : WorkerTeam
{
    private readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void> _parallel;

    private GompTeam(nint library)
    {
        _parallel = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void>)
            NativeLibrary.GetExport(library, "GOMP_parallel");
    }

    /// <summary>
    /// The team of the libgomp at a path or under a handle of <see cref="NativeLibrary"/>; null if it has none.
    /// </summary>
    public static GompTeam? From(string path) =>
        NativeLibrary.TryLoad(path, out nint library) ? From(library) : null;

    /// <inheritdoc cref="From(string)"/>
    public static GompTeam? From(nint library) =>
        NativeLibrary.TryGetExport(library, "GOMP_parallel", out _) ? new GompTeam(library) : null;

    /// <inheritdoc/>
    protected override void RunTogether(int parts, delegate*<void*, int, void> body, void* state)
    {
        ExceptionDispatchInfo? failure = null;
#pragma warning disable CS8500 // The variable lives in this frame, which waits for every user of the pointer.
        var region = new Region { Body = body, State = state, Parts = parts, Failure = &failure };
#pragma warning restore CS8500

        // libgomp may give fewer threads than asked for, so they draw the parts one by one.
        _parallel(&Enter, &region, (uint)parts, 0);
        failure?.Throw();
    }

    // An exception that left this method would end the process.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(void* data)
    {
        var region = (Region*)data;
        for (int part = Interlocked.Increment(ref region->Next) - 1;
            part < region->Parts;
            part = Interlocked.Increment(ref region->Next) - 1)
        {
            try
            {
                region->Body(region->State, part);
            }
#pragma warning disable CA1031 // Whatever a part throws belongs to the caller, who gets it after the join.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref *region->Failure, ExceptionDispatchInfo.Capture(failure), null);
            }
        }
    }

    private struct Region
    {
        public delegate*<void*, int, void> Body;
        public void* State;
        public int Parts;
        public int Next;
#pragma warning disable CS8500 // See RunTogether.
        public ExceptionDispatchInfo?* Failure;
#pragma warning restore CS8500
    }
}
