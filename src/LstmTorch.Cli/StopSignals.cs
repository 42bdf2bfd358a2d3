using System.Runtime.InteropServices;

namespace LstmTorch.Cli;

/// <summary>
/// Turns the first SIGINT, SIGTERM or SIGUSR1 into a request to stop at the next batch. A second SIGINT ends the program at
/// once, as if nothing were registered.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>SIGUSR1 on Linux; .NET names only some signals and takes the others by number.</summary>
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, Cli.ExitCode.Interrupted)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, Cli.ExitCode.StoppedResumable)));
        if (OperatingSystem.IsLinux())
            _registrations.Add(PosixSignalRegistration.Create(UserSignal1, context => Stop(context, Cli.ExitCode.StoppedResumable)));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that the first signal asks for.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        if (_source.IsCancellationRequested)
            return;

        context.Cancel = true;
        ExitCode = exitCode;
        _source.Cancel();
    }
}
