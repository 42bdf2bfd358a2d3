using System.Runtime.ExceptionServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// Own background threads, started when first needed. They spin for a moment after each run, then sleep.
/// </summary>
/// <remarks>
/// <para>One run at a time: a caller that finds the team busy works through its parts alone, which is right for several
/// callers on few cores and cannot deadlock when a part starts a run of its own.</para>
/// <para>Whoever is free draws the next part, and the caller waits for parts, not for threads: where the processors are
/// busy with other work, it does not wait for a thread that has not begun.</para>
/// </remarks>
internal sealed unsafe class ThreadTeam : WorkerTeam
{
    // About 20 µs: the gap between two layers or between forward and backward of a small network.
    private const int SpinTurns = 600;

    // As the next part: none may be drawn.
    private const int Closed = int.MaxValue;

    private readonly Lock _growing = new();
    private Worker[] _workers = [];
    private int _busy;
    private int _generation;

    // The generation of the run above the next part to draw. Drawing changes it only if it still belongs to the run.
    private long _ticket = Ticket(0, Closed);
    private int _parts;
    private int _completed;
    private delegate*<void*, int, void> _body;
    private void* _state;
    private ExceptionDispatchInfo? _failure;

    /// <inheritdoc/>
    protected override void RunTogether(int parts, delegate*<void*, int, void> body, void* state)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            RunAlone(parts, body, state);
            return;
        }

        // Closed while the fields change: a thread that is late from the run before draws nothing of this one.
        int generation = ++_generation;
        Interlocked.Exchange(ref _ticket, Ticket(generation, Closed));
        _body = body;
        _state = state;
        _parts = parts;
        _completed = 0;
        _failure = null;
        Interlocked.Exchange(ref _ticket, Ticket(generation, 0));

        Worker[] workers = Grow(parts - 1);
        for (int w = 0; w < Math.Min(parts - 1, workers.Length); w++)
        {
            workers[w].Wake(generation);
        }

        WorkThrough(generation);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _completed) != parts)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        Volatile.Write(ref _busy, 0);
        failure?.Throw();
    }

    private static long Ticket(int generation, int part) => ((long)generation << 32) | (uint)part;

    private static void RunAlone(int parts, delegate*<void*, int, void> body, void* state)
    {
        ExceptionDispatchInfo? failure = null;
        for (int part = 0; part < parts; part++)
        {
            try
            {
                body(state, part);
            }
#pragma warning disable CA1031 // It is thrown when the other parts are done.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                failure ??= ExceptionDispatchInfo.Capture(thrown);
            }
        }

        failure?.Throw();
    }

    private void WorkThrough(int generation)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int part = (int)ticket;
            if ((int)(ticket >> 32) != generation || part >= Volatile.Read(ref _parts))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
            {
                continue;
            }

            try
            {
                _body(_state, part);
            }
#pragma warning disable CA1031 // Whatever a part throws belongs to the caller, who gets it after the join.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            }

            Interlocked.Increment(ref _completed);
        }
    }

    private Worker[] Grow(int wanted)
    {
        wanted = Math.Min(wanted, Environment.ProcessorCount);
        lock (_growing)
        {
            if (_workers.Length < wanted)
            {
                var workers = new Worker[wanted];
                _workers.CopyTo(workers, 0);
                for (int w = _workers.Length; w < wanted; w++)
                {
                    workers[w] = new Worker(this, _generation);
                }

                _workers = workers;
            }

            return _workers;
        }
    }

    private sealed class Worker
    {
        private readonly ThreadTeam _team;
        private readonly object _sleep = new();
        private int _wanted;
        private bool _asleep;

        public Worker(ThreadTeam team, int generation)
        {
            _team = team;
            _wanted = generation;
            new Thread(() => Loop(generation)) { IsBackground = true, Name = "LstmTorch worker" }.Start();
        }

        public void Wake(int generation)
        {
            Volatile.Write(ref _wanted, generation);

            // The write must be seen before the flag is read; the worker does the same the other way round.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _asleep))
            {
                lock (_sleep)
                {
                    Monitor.Pulse(_sleep);
                }
            }
        }

        private void Loop(int done)
        {
            while (true)
            {
                for (int turn = 0; turn < SpinTurns && Volatile.Read(ref _wanted) == done; turn++)
                {
                    Thread.SpinWait(1);
                }

                if (Volatile.Read(ref _wanted) == done)
                {
                    Sleep(done);
                }

                done = Volatile.Read(ref _wanted);
                _team.WorkThrough(done);
            }
        }

        private void Sleep(int done)
        {
            lock (_sleep)
            {
                Volatile.Write(ref _asleep, true);
                Interlocked.MemoryBarrier();
                while (Volatile.Read(ref _wanted) == done)
                {
                    Monitor.Wait(_sleep);
                }

                Volatile.Write(ref _asleep, false);
            }
        }
    }
}
