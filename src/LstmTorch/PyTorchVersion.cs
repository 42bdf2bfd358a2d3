using System.Text.RegularExpressions;
using LstmTorch.Runtime;

namespace LstmTorch;

/// <summary>
/// Which PyTorch a folder of libraries belongs to. TorchSharp's native part holds autograd nodes as PyTorch 2.10 lays them out in
/// memory: on a version that lays them out otherwise it loads, computes, and crashes in the first backward pass.
/// </summary>
internal static partial class PyTorchVersion
{
    /// <summary>The versions that TorchSharp can be trusted on.</summary>
    private static readonly Version[] s_known = [new(2, 10), new(2, 11)];

    /// <summary>The version beside a lib folder, such as 2.11.0+cu130; null if nothing there tells.</summary>
    /// <param name="folder">The lib folder of a PyTorch, whose version.py tells, or of a libtorch, whose build-version does.</param>
    public static string? Of(string folder)
    {
        string parent = Path.Combine(folder, "..");
        return ReadIfThere(Path.Combine(parent, "version.py")) is { } module && PythonVersion().Match(module) is { Success: true } match
            ? match.Groups["version"].Value
            : ReadIfThere(Path.Combine(parent, "build-version"))?.Trim();
    }

    /// <summary>Refuses a folder whose version is known not to serve. One that does not tell its version is taken.</summary>
    /// <param name="folder">The lib folder.</param>
    /// <param name="name">What to call it in the error.</param>
    /// <exception cref="LstmTorchException">It is of another version.</exception>
    public static void Check(string folder, string name)
    {
        if (Of(folder) is not { } version || Numbers().Match(version) is not { Success: true } numbers)
            return;
        if (!s_known.Contains(Version.Parse(numbers.Value)))
        {
            throw new LstmTorchException(
                ErrorKind.Environment,
                $"{name}: this is PyTorch {version}, and TorchSharp works with {string.Join(" and ", s_known.Select(known => known.ToString()))}; install such a PyTorch (pip install \"torch=={s_known[^1]}.*\") and name its lib folder");
        }
    }

    private static string? ReadIfThere(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^__version__\s*=\s*['""](?<version>[^'""]+)['""]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PythonVersion();

    [GeneratedRegex(@"^\d{1,4}\.\d{1,4}", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
