using System.Security.Cryptography;
using System.Text;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>Compiled kernels on the disk, since a compilation takes seconds: one file for each text, options and compiler.</summary>
/// <remarks>
/// A file is the SHA-256 of the code and then the code; one that is damaged is compiled anew. Files are written whole or not at
/// all, so that any number of processes may share the folder. One that cannot be written costs time and nothing else.
/// </remarks>
/// <param name="folder">Where the files lie; it is made where it is missing. Null to keep nothing.</param>
internal sealed class CubinCache(string? folder)
{
    /// <summary>The user's own folder for what can be made again; null for a user without one: code is not taken from shared folders.</summary>
    public static string? UserFolder
    {
        get
        {
            string root = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache)
                    ? cache
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.IsPathRooted(root) ? Path.Combine(root, "lstmtorch", "kernels") : null;
        }
    }

    /// <summary>The code of a text, from the folder or else from the compiler.</summary>
    /// <param name="source">The text.</param>
    /// <param name="options">The compiler's options.</param>
    /// <param name="compiler">The compiler's version.</param>
    /// <param name="compile">Compiles.</param>
    public byte[] GetOrCompile(string source, IReadOnlyList<string> options, Version compiler, Func<byte[]> compile)
    {
        if (folder is null)
            return compile();

        string file = Path.Combine(folder, $"{Key(source, options, compiler)}.cubin");
        if (Read(file) is { } kept)
            return kept;

        byte[] cubin = compile();
        Write(folder, file, cubin);
        return cubin;
    }

    private static string Key(string source, IReadOnlyList<string> options, Version compiler) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [compiler.ToString(), .. options, source]))));

    private static byte[]? Read(string file)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(file);
            int start = SHA256.HashSizeInBytes;
            return bytes.Length > start && SHA256.HashData(bytes.AsSpan(start)).AsSpan().SequenceEqual(bytes.AsSpan(0, start)) ? bytes[start..] : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string folder, string file, byte[] cubin)
    {
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(file, stream =>
            {
                stream.Write(SHA256.HashData(cubin));
                stream.Write(cubin);
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or LstmTorchException)
        {
            return;
        }
    }
}
