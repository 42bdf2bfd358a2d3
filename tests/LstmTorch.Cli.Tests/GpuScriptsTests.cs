using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>The scripts for GPU hosts, as far as they go without a GPU, in an environment without anything.</summary>
public sealed class GpuScriptsTests : IDisposable
{
    private readonly Tool _tool = new();

    public GpuScriptsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "GPU hosts of this kind run Linux.");

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Bundle_UnpackedWhereThereIsNoDotnet_RunsOnTheLibtorchThatIsNamed()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LSTMTORCH_BUNDLE") == "1", "Packing takes minutes; LSTMTORCH_BUNDLE=1 asks for it.");
        _tool.RunProgram("bash", [Script("bundle-gpu.sh"), _tool.At("lstmtorch-gpu.tar.gz")]).Exits(0);
        _tool.RunProgram("tar", ["xzf", "lstmtorch-gpu.tar.gz"]).Exits(0);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string libtorch = Path.Combine(packages, "libtorch-cpu-linux-x64", "2.10.0", "runtimes", "linux-x64", "native");

        ToolResult result = Bare(_tool.At("lstmtorch-gpu", "gpu.sh"), ["info"], $"LSTMTORCH_LIBTORCH={libtorch}").Exits(0);
        Assert.Contains(libtorch, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Gpu_WithoutPython_SaysWhatToName() => Assert.Contains(
        "name one with PYTHON, or PyTorch's torch/lib with LSTMTORCH_LIBTORCH",
        Bare(Script("gpu.sh"), ["info"], "PYTHON=/no/python").Exits(70).Error,
        StringComparison.Ordinal);

    [Fact]
    public void TrainGpu_FindsPyTorchAndItsCudaLibraries()
    {
        // A Python that says where torch lies, CUDA's libraries beside it, and a program that tells how it was called.
        Directory.CreateDirectory(_tool.At("site/torch/lib"));
        Directory.CreateDirectory(_tool.At("site/nvidia/cu13/lib"));
        Directory.CreateDirectory(_tool.At("program"));
        foreach (string name in new[] { "gpu.sh", "train-gpu.sh" })
            File.Copy(Script(name), _tool.At(name));
        Executable("python", "echo $(pwd)/site/torch");
        Executable("program/LstmTorch.Cli", "echo \"$@\" $LSTMTORCH_LIBTORCH $LD_LIBRARY_PATH $DOTNET_ROOT $DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");

        ToolResult result = Bare(_tool.At("train-gpu.sh"), ["sales.csv", "--target", "revenue"], $"PYTHON={_tool.At("python")}").Exits(0);
        string torch = _tool.At("site/torch/lib");
        Assert.Equal(
            $"train --device cuda sales.csv --target revenue {torch} {torch}:{_tool.At("site/nvidia/cu13/lib")} {_tool.At("dotnet")} 1\n", result.Output);
    }

    private static string Script(string name) => Path.Combine(Tool.Repository, "scripts", name);

    private ToolResult Bare(string script, string[] arguments, string variable) =>
        _tool.RunProgram("env", ["-i", "PATH=/usr/bin:/bin", variable, "bash", script, .. arguments]);

    private void Executable(string name, string command)
    {
        _tool.Write(name, $"#!/bin/bash\n{command}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_tool.At(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
