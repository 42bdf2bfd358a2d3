using System.Runtime.InteropServices;

namespace LstmTorch.Cli;

/// <summary>
/// Turns SIGINT, SIGTERM, SIGUSR1 and SIGHUP into a request to stop at the next batch. A SIGINT while it is stopping ends the
/// program at once, as if nothing were registered.
/// </summary>
/// <remarks>The others may come several times, since a scheduler sends them to a job and to its parts: once is enough.</remarks>
internal sealed class StopSignals : IDisposable
{
    /// <summary>SIGUSR1 on Linux; .NET names only some signals and takes the others by number.</summary>
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        Register(PosixSignal.SIGINT, context => Stop(context, Cli.ExitCode.Interrupted, againAtOnce: true));
        Register(PosixSignal.SIGTERM, context => Stop(context, Cli.ExitCode.StoppedResumable, againAtOnce: false));
        Register(PosixSignal.SIGHUP, context => Stop(context, Cli.ExitCode.StoppedResumable, againAtOnce: false));
        if (OperatingSystem.IsLinux())
            Register(UserSignal1, context => Stop(context, Cli.ExitCode.StoppedResumable, againAtOnce: false));
    }

    /// <summary>Cancelled by the first signal that stops.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that it asks for.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Register(PosixSignal signal, Action<PosixSignalContext> handle) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, handle));

    private void Stop(PosixSignalContext context, int exitCode, bool againAtOnce)
    {
        bool again = _source.IsCancellationRequested;
        context.Cancel = !(again && againAtOnce);
        if (again)
            return;

        ExitCode = exitCode;
        _source.Cancel();
    }
}
