namespace LstmTorch.Tests;

/// <summary>A thread that collects garbage and runs all finalizers without pause, until disposed of.</summary>
internal sealed class Collector : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stopped;
    private volatile int _collections;

    public Collector()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Collections => _collections;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_stopped)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _collections++;
        }
    }
}
