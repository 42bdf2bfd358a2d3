using System.Text;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>The compiler itself, where LSTMTORCH_NVRTC names one: it needs no device.</summary>
public sealed class NvrtcTests
{
    private static readonly string[] s_options = ["--gpu-architecture=sm_90", "--std=c++17"];

    [Fact]
    public void Load_OfNoLibrary_SaysWhatToDo()
    {
        var error = Assert.Throws<LstmTorchException>(() => Nvrtc.Load("/no/libnvrtc.so"));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Equal("/no/libnvrtc.so cannot be loaded; name NVIDIA's NVRTC in LSTMTORCH_NVRTC", error.Message);
    }

    [Fact]
    public void Compile_OfAKernel_IsAnElfFileWithItsName()
    {
        byte[] cubin = Real().Compile("extern \"C\" __global__ void twice(float *x) { x[threadIdx.x] *= FACTOR; }", [.. s_options, "-DFACTOR=2"]);
        Assert.Equal("\u007fELF"u8, cubin.AsSpan(0, 4));
        Assert.NotEqual(-1, cubin.AsSpan().IndexOf("twice"u8));
    }

    [Fact]
    public void Compile_OfAMistake_QuotesTheCompiler()
    {
        var error = Assert.Throws<LstmTorchException>(() => Real().Compile("__global__ void f() { nothing; }", s_options));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains("kernels.cu(1): error: identifier \"nothing\" is undefined", error.Message, StringComparison.Ordinal);
        Assert.Contains("--gpu-architecture=sm_90 --std=c++17", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sm_52")]
    [InlineData("sm_90")]
    public void Compile_OfTheStepwiseKernels_ServesOldDevicesAndNewOnes(string architecture)
    {
        byte[] cubin = Real().Compile(CudaSources.Text(["stepwise.cu"]), [$"--gpu-architecture={architecture}", "--std=c++17"]);
        foreach (string kernel in new[] { "forward_step", "forward_cell", "forward_hidden", "backward_step", "backward_hidden", "backward_cell" })
            Assert.NotEqual(-1, cubin.AsSpan().IndexOf(Encoding.UTF8.GetBytes($".text.{kernel}\0")));
    }

    private static Nvrtc Real()
    {
        string? library = Environment.GetEnvironmentVariable(NvrtcLibraries.EnvironmentVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(library), $"{NvrtcLibraries.EnvironmentVariable} names no compiler.");
        return Nvrtc.Load(library!);
    }
}
