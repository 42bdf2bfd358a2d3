using LstmTorch.Runtime;

namespace LstmTorch.Persistence;

/// <summary>Keeps a second training out of a run directory.</summary>
/// <remarks>
/// The system's lock on an open file: it goes with the process, however that ends, so that a file left behind locks nothing.
/// The file stays, because another process may be about to lock the one that would be removed.
/// </remarks>
public sealed class RunLock : IDisposable
{
    /// <summary>The file's name in the run directory.</summary>
    public const string FileName = ".lock";

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Locks a folder until disposed of.</summary>
    /// <exception cref="LstmTorchException">Another training holds the lock, or the folder cannot be written to.</exception>
    public static RunLock Take(string folder) => TryTake(folder, FileName)
        ?? throw new LstmTorchException(ErrorKind.CannotWrite, $"{folder}: another training is under way here; wait for its end, or name another folder with --out");

    /// <summary>Locks by a file of any name in a folder, until disposed of.</summary>
    /// <returns>The lock; null if somebody holds it.</returns>
    /// <exception cref="LstmTorchException">The folder cannot be written to.</exception>
    public static RunLock? TryTake(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (new FileInfo(path).LinkTarget is { } target)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: a link to {target}, which is not followed; remove it");
        try
        {
            // None makes .NET lock the file: by flock, or by Windows' own means.
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
        }
        catch (IOException error) when (IsTaken(error))
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{folder}: cannot be written to: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Where the lock is held, .NET leaves the system's number in HResult: EWOULDBLOCK of Linux or macOS, or Windows' sharing violation.</summary>
    private static bool IsTaken(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
