using System.Diagnostics;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Runs scripts/slurm-train.sh with stand-ins for Slurm's own commands.</summary>
public sealed class SlurmScriptTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Job_Preempted_IsRequeuedAndGoesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm runs on Linux");
        _tool.WriteSeries();
        Command("srun", "exec \"$@\"");
        Command("scontrol", "echo \"$@\" >> requeued");

        // The first time, the tool gets its SIGTERM as soon as its run has begun.
        Command("lstmtorch", $"""
            '{Tool.DotNet}' '{_tool.Dll}' "$@" &
            tool=$!
            if [ ! -e preempted ]; then
                touch preempted
                until [ -e runs/a/config.json ]; do sleep 0.05; done
                kill -TERM $tool
            fi
            wait $tool
            """);
        string[] job = [Path.Combine(Tool.Repository, "scripts", "slurm-train.sh"), "series.csv", "runs/a", .. Tool.Tiny, "--epochs", "3000"];
        string path = $"PATH={_tool.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        ToolResult first = _tool.RunProgram("env", [path, "SLURM_JOB_ID=42", "bash", .. job]).Exits(75);
        Assert.Contains("--resume", first.Error, StringComparison.Ordinal);
        Assert.Equal("requeue 42\n", _tool.Read("requeued"));

        _tool.RunProgram("env", [path, "SLURM_JOB_ID=42", "bash", .. job]).Exits(0);
        Assert.Equal("requeue 42\n", _tool.Read("requeued"));
        Assert.StartsWith("3000,", File.ReadLines(_tool.At("runs", "a", "history.csv")).Last(), StringComparison.Ordinal);
    }

    private void Command(string name, string script)
    {
        Directory.CreateDirectory(_tool.At("bin"));
        _tool.Write(Path.Combine("bin", name), $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_tool.At("bin", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
