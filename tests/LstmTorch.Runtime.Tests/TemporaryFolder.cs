namespace LstmTorch.Runtime.Tests;

/// <summary>An empty folder for one test; gone with all its files afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lstmtorch-test-").FullName;

    /// <summary>The names of the files and folders in it, sorted.</summary>
    public IEnumerable<string> Entries =>
        Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
