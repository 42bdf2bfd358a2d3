namespace LstmTorch.Runtime.Kernels;

/// <summary>Runs the parts of one piece of work at the same time, and returns when all are done.</summary>
internal abstract unsafe class WorkerTeam
{
    private static WorkerTeam s_current = new ThreadTeam();
    private static int s_threads = Environment.ProcessorCount;

    /// <summary>The team that the kernels use: own threads, unless the application has a better one.</summary>
    public static WorkerTeam Current
    {
        get => Volatile.Read(ref s_current);
        set => Volatile.Write(ref s_current, value);
    }

    /// <summary>How many threads a kernel may use, the caller's included; at least 1.</summary>
    /// <value>The number of processors.</value>
    public static int Threads
    {
        get => Volatile.Read(ref s_threads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref s_threads, value);
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/>(state, part) for each part from 0 up to <paramref name="parts"/>, each exactly once.
    /// An exception of a part does not stop the others; the first is thrown when all are done.
    /// </summary>
    public void Run(int parts, delegate*<void*, int, void> body, void* state)
    {
        if (parts > 1)
        {
            RunTogether(parts, body, state);
        }
        else if (parts == 1)
        {
            body(state, 0);
        }
    }

    /// <summary>Runs two or more parts.</summary>
    protected abstract void RunTogether(int parts, delegate*<void*, int, void> body, void* state);
}
