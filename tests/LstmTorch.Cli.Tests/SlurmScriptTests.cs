using System.Text.RegularExpressions;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Runs the README's job, scripts/slurm-train.sh, with stand-ins for Slurm's own commands.</summary>
public sealed class SlurmScriptTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Job_Preempted_IsRequeuedAndGoesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm runs on Linux");
        _tool.WriteSeries("sales.csv", change: lines => lines[0] = "date,revenue,wind");
        string readme = File.ReadAllText(Path.Combine(Tool.Repository, "README.md"));
        string[] words = Regex.Match(readme, "^    sbatch (.*)$", RegexOptions.Multiline).Groups[1].Value.Split(' ');
        string run = words[2], epochs = words[^1];
        Command("srun", "exec \"$@\"");
        Command("scontrol", "echo \"$@\" >> requeued");

        // The first time, the tool gets its SIGTERM as soon as its run has begun.
        Command("lstmtorch", $"""
            '{Tool.DotNet}' '{_tool.Dll}' "$@" &
            tool=$!
            if [ ! -e preempted ]; then
                touch preempted
                until [ -e {run}/config.json ]; do sleep 0.05; done
                kill -TERM $tool
            fi
            wait $tool
            """);
        string[] job = [Path.Combine(Tool.Repository, words[0]), .. words[1..], .. Tool.Tiny];
        string path = $"PATH={_tool.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        ToolResult first = _tool.RunProgram("env", [path, "SLURM_JOB_ID=42", "bash", .. job]).Exits(75);
        Assert.Contains("--resume", first.Error, StringComparison.Ordinal);
        Assert.Equal("requeue 42\n", _tool.Read("requeued"));

        _tool.RunProgram("env", [path, "SLURM_JOB_ID=42", "bash", .. job]).Exits(0);
        Assert.Equal("requeue 42\n", _tool.Read("requeued"));
        Assert.StartsWith($"{epochs},", File.ReadLines(_tool.At(run, "history.csv")).Last(), StringComparison.Ordinal);
    }

    private void Command(string name, string script)
    {
        Directory.CreateDirectory(_tool.At("bin"));
        _tool.Write(Path.Combine("bin", name), $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_tool.At("bin", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
