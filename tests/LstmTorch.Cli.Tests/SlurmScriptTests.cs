using System.Text.RegularExpressions;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Runs the jobs of the README and of docs/sweeps.md, scripts/slurm-*.sh, with stand-ins for Slurm's own commands.</summary>
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

    [Fact]
    public void Array_OfASweep_TrainsItsTrialsAndRequeuesWhatWasPreempted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm runs on Linux");
        _tool.WriteSeries();
        _tool.Run(["sweep", "init", "series.csv", "--target", "load", .. Tool.Tiny, "--epochs", "1", "--vary", "seed=0/1", "--out", "runs/sweep"]).Exits(0);
        string document = File.ReadAllText(Path.Combine(Tool.Repository, "docs", "sweeps.md"));
        string[] job = Regex.Match(document, "^    sbatch --array=0-7 (.*)$", RegexOptions.Multiline).Groups[1].Value.Split(' ');
        Command("srun", "exec \"$@\"");
        Command("scontrol", "echo \"$@\" >> requeued");
        Command("lstmtorch", $"""
            if [ ! -e preempted ]; then touch preempted; exit 75; fi
            exec '{Tool.DotNet}' '{_tool.Dll}' "$@"
            """);
        string[] call = [$"PATH={_tool.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}", "SLURM_JOB_ID=45", "SLURM_ARRAY_JOB_ID=42", "SLURM_ARRAY_TASK_ID=3", "bash", Path.Combine(Tool.Repository, job[0]), .. job[1..]];
        _tool.RunProgram("env", call).Exits(75);
        Assert.Equal("requeue 42_3\n", _tool.Read("requeued"));
        Assert.Contains("2 trials: 2 finished", _tool.RunProgram("env", call).Exits(0).Output, StringComparison.Ordinal);
        Assert.Equal("requeue 42_3\n", _tool.Read("requeued"));
    }

    private void Command(string name, string script)
    {
        Directory.CreateDirectory(_tool.At("bin"));
        _tool.Write(Path.Combine("bin", name), $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_tool.At("bin", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
