using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>The file that a command shall write, checked before the work whose result goes there.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a file in no folder, and one that would replace what was read.</summary>
    /// <param name="file">The file, as it was named.</param>
    /// <param name="read">The files that were read, as they were named.</param>
    /// <exception cref="LstmTorchException">The file must not or cannot be written.</exception>
    public static void Check(string file, params IEnumerable<string> read) => Check(file, "--out", read);

    /// <summary>As above, of another option's file.</summary>
    /// <param name="file">The file, as it was named.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="read">The files that were read, as they were named.</param>
    /// <exception cref="LstmTorchException">The file must not or cannot be written.</exception>
    public static void Check(string file, string option, IEnumerable<string> read)
    {
        if (file.Length == 0)
            throw new LstmTorchException(ErrorKind.Usage, $"{option} '' names no file");

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{file}: cannot be written: there is no folder {folder}");

        // A hard link is another name of the same content: writing replaces the name, and the content stays under the other one.
        string target = WithoutLinks(file);
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (read.FirstOrDefault(source => string.Equals(WithoutLinks(source), target, comparison)) is { } replaced)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{option} {file}: would replace {replaced}, which is read; name another file");
    }

    /// <summary>The full path of what a path leads to, whichever of its folders and the file itself are symbolic links.</summary>
    private static string WithoutLinks(string path)
    {
        string full = Path.GetFullPath(path), resolved = Path.GetPathRoot(full)!;
        foreach (string part in full[resolved.Length..].Split(Path.DirectorySeparatorChar))
        {
            resolved = Path.Combine(resolved, part);
            if (File.Exists(resolved) || Directory.Exists(resolved))
                resolved = File.ResolveLinkTarget(resolved, returnFinalTarget: false) is { } target ? WithoutLinks(target.FullName) : resolved;
        }

        return resolved;
    }
}
