using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>Lets the workers of a team wait for each other many times within one piece of work.</summary>
/// <remarks>
/// A team does not promise that its parts run at the same time, so a part asks for a place first. The first part waits a
/// moment for the others and then closes the meeting; a part that comes later has no place and nothing to do.
/// </remarks>
internal readonly unsafe struct Meeting
{
    private const int LineLongs = 8;
    private const long Closed = 1L << 32;
    private static readonly long s_patience = Stopwatch.Frequency / 20_000;

    // A cache line for the number of workers, and one for the count of each worker's arrivals.
    private readonly long* _lines;

    /// <summary>Prepares a meeting of at most <paramref name="workers"/> workers.</summary>
    public Meeting(int workers, Workspace workspace)
    {
        _lines = (long*)workspace.Take(Floats(workers));
        new Span<long>(_lines, LineLongs * (1 + workers)).Clear();
    }

    /// <summary>Floats that a meeting takes.</summary>
    public static long Floats(int workers) => LineLongs * (1L + workers) * (sizeof(long) / sizeof(float));

    /// <summary>Takes a place.</summary>
    /// <param name="part">The part of the team's work; part 0 closes the meeting.</param>
    /// <param name="parts">How many parts there are.</param>
    /// <param name="worker">The number of the place, from 0.</param>
    /// <param name="workers">How many places are taken, the same for all.</param>
    /// <returns>False if the meeting is closed.</returns>
    public bool Join(int part, int parts, out int worker, out int workers)
    {
        if (part == 0)
        {
            long start = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref *_lines) < parts - 1 && Stopwatch.GetTimestamp() - start < s_patience)
                Thread.SpinWait(1);
            workers = 1 + (int)Interlocked.Or(ref *_lines, Closed);
            worker = 0;
            return true;
        }

        long others = Volatile.Read(ref *_lines);
        while (others < Closed)
        {
            long seen = Interlocked.CompareExchange(ref *_lines, others + 1, others);
            if (seen == others)
            {
                worker = (int)others + 1;
                while (Volatile.Read(ref *_lines) < Closed)
                    Thread.SpinWait(1);
                workers = 1 + (int)Volatile.Read(ref *_lines);
                return true;
            }

            others = seen;
        }

        worker = workers = 0;
        return false;
    }

    /// <summary>Waits until every worker is here; what each wrote before, all see after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wait(int worker, int workers)
    {
        long arrival = Volatile.Read(ref _lines[LineLongs * (1 + worker)]) + 1;
        Volatile.Write(ref _lines[LineLongs * (1 + worker)], arrival);
        for (int other = 0; other < workers; other++)
        {
            // Bare at first, since the wait is shorter than one pause; then giving way, since the other may have lost its core.
            for (int spins = 0; Volatile.Read(ref _lines[LineLongs * (1 + other)]) < arrival; spins++)
            {
                if (spins > 2000)
                    Thread.Yield();
            }
        }
    }
}
