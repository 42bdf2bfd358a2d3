using System.Runtime.InteropServices;
using System.Text;

namespace LstmTorch.Runtime.Model;

/// <summary>
/// Writes files that are either whole or not there: into a temporary file in the same folder, flushed to the disk, renamed
/// over the target, and the folder flushed as well. A crash at any moment leaves the old file or the new one.
/// </summary>
/// <remarks>A device such as /dev/stdout is written into as it is.</remarks>
public static partial class AtomicFile
{
    private const string Suffix = ".tmp";

    /// <summary>What fails on the calling thread; null but in tests.</summary>
    [ThreadStatic]
    internal static IFileFaults? Faults;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content; if it throws, the old file stays.</param>
    /// <exception cref="LstmTorchException">The file cannot be written; the message names it and the reason.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        if (Directory.Exists(path))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: cannot be written: it is a folder");

        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: cannot be written: there is no folder {folder}");

        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{Suffix}");
        try
        {
            if (IsDevice(full))
                WriteInto(full, FileMode.Open, FileShare.ReadWrite, write);
            else
                Replace(full, temporary, write);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nobody knows the temporary file.
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: cannot be written: {error.Message.Replace(temporary, full, StringComparison.Ordinal)}", error);
        }
    }

    /// <summary>Writes a text file: UTF-8 without byte-order mark.</summary>
    /// <exception cref="LstmTorchException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>True for the name of a temporary file of a process that was killed while it wrote, or that is writing now.</summary>
    internal static bool IsLeftover(string name) =>
        name.StartsWith('.') && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name.Split('.') is { Length: >= 4 } parts && Guid.TryParseExact(parts[^2], "N", out _);

    /// <summary>Removes such files from a folder into which nobody else writes; a missing folder has none.</summary>
    /// <exception cref="LstmTorchException">One cannot be removed.</exception>
    internal static void RemoveLeftovers(string folder)
    {
        if (!Directory.Exists(folder))
            return;

        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, $".*{Suffix}").Where(file => IsLeftover(Path.GetFileName(file))))
                File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{folder}: cannot be written to: {error.Message}", error);
        }
    }

    private static void Replace(string full, string temporary, Action<Stream> write)
    {
        try
        {
            WriteInto(temporary, FileMode.CreateNew, FileShare.None, write);
            Faults?.Before("rename");
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(full)!);
    }

    private static void WriteInto(string full, FileMode mode, FileShare share, Action<Stream> write)
    {
        using var stream = new FileStream(full, mode, FileAccess.Write, share, 1 << 16);
        write(Faults?.Through(stream) ?? stream);
        Faults?.Before("flush");
        stream.Flush(flushToDisk: true);
    }

    /// <summary>True for /dev/stdout, /dev/null and their like, which a rename would replace by a file.</summary>
    private static bool IsDevice(string full) =>
        !OperatingSystem.IsWindows()
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
        && !full.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && File.Exists(full);

    /// <summary>Makes a rename durable. .NET has no call for it, and Windows needs none.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        const int readOnly = 0;
        int descriptor = Open(folder, readOnly);
        if (descriptor < 0)
            return;
        // Some file systems refuse to flush a folder; the file itself is safe by then.
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
