using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Trains on a disk of one megabyte, which a user's own namespace may mount.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Train_OnADiskThatFillsUp_EndsWith73AndKeepsAGoodCheckpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mounts a disk as Linux does");
        Directory.CreateDirectory(_tool.At("disk"));
        Directory.CreateDirectory(_tool.At("kept"));
        _tool.WriteSeries();
        const string mount = "mount -t tmpfs -o size=1m tmpfs disk";
        Assert.SkipUnless(OnDisk(mount).ExitCode == 0, "needs unshare and the right to mount");

        // 400 KB are left for two checkpoints of 70 KB, until the first of them lets the disk fill up.
        string train = $"'{Tool.DotNet}' '{_tool.Dll}' train series.csv --hidden-size 32 --context-length 3 --out disk/run --checkpoint-every 2 --quiet --epochs";
        ToolResult result = OnDisk(
            $"{mount}; {train} 2 && head -c 2000000 /dev/zero > disk/rest; {train} 8 --resume; code=$?; rm disk/rest; cp -r disk/run kept; exit $code");
        result.Exits(73);
        Assert.Contains("No space left on device", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_tool.At("kept"), "*.tmp", SearchOption.AllDirectories));
        Assert.Equal(["step-000000002.safetensors"], Directory.GetFiles(_tool.At("kept", "run", "checkpoints")).Select(Path.GetFileName));
        string[] resume = ["train", "series.csv", "--hidden-size", "32", "--context-length", "3", "--checkpoint-every", "2", "--epochs", "8"];
        _tool.Run([.. resume, "--out", "kept/run", "--resume"]).Exits(0);
        _tool.Run([.. resume, "--out", "whole"]).Exits(0);
        Assert.Equal(_tool.Sha256("whole", "model.safetensors"), _tool.Sha256("kept", "run", "model.safetensors"));
    }

    private ToolResult OnDisk(string script) => _tool.RunProgram("unshare", "--map-root-user", "--mount", "sh", "-c", script);
}
