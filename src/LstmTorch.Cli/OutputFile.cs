using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>What is known of an output before it is written, and before the work that it takes.</summary>
internal static class OutputFile
{
    /// <summary>Checks that there is a name, and a folder for it.</summary>
    /// <exception cref="LstmTorchException">There is not.</exception>
    public static void Check(string file)
    {
        if (file.Length == 0)
            throw new LstmTorchException(ErrorKind.Usage, "--out is empty; name a file, or leave it out for standard output");
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{file}: cannot be written: there is no folder {folder}");
    }

    /// <summary>Whether two names lead to one file or folder, through links too.</summary>
    public static bool IsSameFile(string one, string other)
    {
        static string Resolved(string name)
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name));
            FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
            return info.Exists ? info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? info.FullName : full;
        }

        return Resolved(one) == Resolved(other);
    }
}
