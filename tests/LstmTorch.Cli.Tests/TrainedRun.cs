using Xunit;

[assembly: AssemblyFixture(typeof(LstmTorch.Cli.Tests.TrainedRun))]

namespace LstmTorch.Cli.Tests;

/// <summary>One finished run that many tests read and none changes: series.csv and run/, two epochs.</summary>
public sealed class TrainedRun : IDisposable
{
    public TrainedRun()
    {
        Tool.WriteSeries();
        Result = Tool.TrainTiny("run", "--epochs", "2", "--horizon", "2");
    }

    public Tool Tool { get; } = new();

    internal ToolResult Result { get; }

    /// <summary>Copies series.csv and run/ to another folder, where a test may change them.</summary>
    internal void CopyTo(Tool other)
    {
        File.Copy(Tool.At("series.csv"), other.At("series.csv"));
        foreach (string file in Directory.EnumerateFiles(Tool.At("run"), "*", SearchOption.AllDirectories))
        {
            string copy = other.At(Path.GetRelativePath(Tool.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Tool.Dispose();
}
