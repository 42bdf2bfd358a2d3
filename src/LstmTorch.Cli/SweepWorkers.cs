using System.Diagnostics;
using LstmTorch.Sweeping;

namespace LstmTorch.Cli;

/// <summary>
/// More programs that train trials of a sweep, beside this one. Programs and not threads, because libtorch has one generator and one number of threads
/// for all, and because one that dies takes no other with it.
/// </summary>
internal sealed class SweepWorkers : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly CancellationTokenRegistration _stop;

    private SweepWorkers(CancellationToken cancellation) => _stop = cancellation.Register(Stop);

    /// <summary>Starts some.</summary>
    /// <param name="directory">The sweep.</param>
    /// <param name="count">How many.</param>
    /// <param name="quiet">Whether they tell nothing of their trials.</param>
    /// <param name="cancellation">Asks all of them to stop.</param>
    public static SweepWorkers Start(SweepDirectory directory, int count, bool quiet, CancellationToken cancellation)
    {
        var workers = new SweepWorkers(cancellation);
        string program = Environment.ProcessPath!;
        string[] tool = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(SweepWorkers).Assembly.Location] : [];
        for (int n = 0; n < count; n++)
        {
            var process = Process.Start(new ProcessStartInfo(program, [.. tool, "sweep", "run", directory.Path, .. quiet ? ["--quiet"] : Array.Empty<string>()]) { RedirectStandardOutput = true })!;

            // Its table would come a second time; what it tells of its trials goes to the same standard error.
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            workers._processes.Add(process);
        }

        return workers;
    }

    /// <summary>Waits until all have ended.</summary>
    public void Wait() => _processes.ForEach(process => process.WaitForExit());

    public void Dispose()
    {
        // Only after an error of this program are any left: they would find the same error, or go on for nobody.
        _stop.Dispose();
        Stop();
        Wait();
        _processes.ForEach(process => process.Dispose());
    }

    /// <summary>Lets each write its checkpoint: SIGTERM, which .NET itself cannot send. Elsewhere trainings go on from their last checkpoint.</summary>
    private void Stop()
    {
        foreach (Process process in _processes.Where(process => !process.HasExited))
        {
            if (OperatingSystem.IsWindows())
                process.Kill();
            else
                Process.Start("kill", ["-TERM", $"{process.Id}"]).Dispose();
        }
    }
}
