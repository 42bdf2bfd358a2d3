using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

public sealed class CudaDriverTests
{
    [Fact]
    public void Load_OfNoLibrary_SaysWhatToDo()
    {
        var error = Assert.Throws<LstmTorchException>(() => CudaDriver.Load("/no/libcuda.so"));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Equal("/no/libcuda.so cannot be loaded; update the NVIDIA driver", error.Message);
    }

    [Fact]
    public void Load_OfALibraryWithoutItsFunctions_NamesOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The name is that of Linux.");
        var error = Assert.Throws<LstmTorchException>(() => CudaDriver.Load("libc.so.6"));
        Assert.Equal("libc.so.6 has no function cuGetErrorString; update the NVIDIA driver", error.Message);
    }
}
