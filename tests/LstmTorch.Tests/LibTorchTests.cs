using LstmTorch.Recurrent;
using LstmTorch.Runtime;
using TorchSharp;
using Xunit;

namespace LstmTorch.Tests;

public sealed class LibTorchTests
{
    [Theory]
    [InlineData("libcudart.so.13", 13)]
    [InlineData("libcudart-218eec4c.so.12", 12)]
    [InlineData("libcudart-d0da41ae.so.11.0", 11)]
    [InlineData("cudart64_12.dll", 12)]
    [InlineData("libcuda.so.1", null)]
    [InlineData("libtorch_cuda.so", null)]
    public void CudaMajorOf_ALibrary_IsThatOfTheCudaRuntime(string library, int? expected) => Assert.Equal(expected, LibTorch.CudaMajorOf(library));

    [Fact]
    public void SetPrecision_Tf32AndBack_IsLibtorchsOwnSetting()
    {
        LibTorch.SetPrecision(MatrixPrecision.Tf32);
        Assert.True(torch.backends.cuda.matmul.allow_tf32 && torch.backends.cudnn.allow_tf32);
        LibTorch.SetPrecision(MatrixPrecision.Fp32);
        Assert.False(torch.backends.cuda.matmul.allow_tf32 || torch.backends.cudnn.allow_tf32);
    }

    [Theory]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "import LstmTorch.targets into the program's project file")]
    [InlineData("/app/libtorch_cpu.so: cannot open shared object file: Permission denied", "build with -p:TorchBackend=cpu")]
    public void Explain_ARefusedLibrary_NamesCauseAndRemedy(string cause, string remedy)
    {
        LstmTorchException error = LibTorch.Explain(new DllNotFoundException($"Unable to load shared library:\n/lib/a.so: No such file or directory\n{cause}\n"));

        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains($"({cause}); ", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }
}
