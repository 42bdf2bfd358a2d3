namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>Where NVRTC may lie: libtorch for CUDA brings it along, under a name of its own.</summary>
internal static class NvrtcLibraries
{
    /// <summary>The environment variable that names NVRTC's library where it is not found.</summary>
    public const string EnvironmentVariable = "LSTMTORCH_NVRTC";

    private static readonly string[] s_systemNames = OperatingSystem.IsWindows()
        ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
        : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"];

    /// <summary>Paths and names to try, the best first.</summary>
    /// <param name="named">The library that the user names, or null: then it is the only one.</param>
    /// <param name="libtorch">The folder of libtorch's libraries, or null if unknown.</param>
    public static IEnumerable<string> Candidates(string? named, string? libtorch)
    {
        if (!string.IsNullOrEmpty(named))
            return [named];

        // PyTorch's wheels have torch/lib and nvidia/PACKAGE/lib (bin on Windows) in one folder.
        string[] folders = libtorch is null
            ? []
            : [libtorch, .. Subfolders(Path.Combine(libtorch, "..", "..", "nvidia")).SelectMany(package => new[] { Path.Combine(package, "lib"), Path.Combine(package, "bin") })];
        return [.. folders.SelectMany(InFolder), .. s_systemNames];
    }

    private static IEnumerable<string> Subfolders(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).OrderDescending() : [];

    /// <summary>The compilers of a folder. Beside each lie its second half and, in newer releases, one that is slower to start.</summary>
    private static IEnumerable<string> InFolder(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, OperatingSystem.IsWindows() ? "nvrtc64_*.dll" : "libnvrtc*.so*")
            .Where(file => !Path.GetFileName(file).Contains("builtins", StringComparison.Ordinal)
                && !Path.GetFileName(file).Contains(".alt.", StringComparison.Ordinal))
            .OrderDescending();
}
