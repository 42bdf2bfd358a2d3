using System.Runtime.InteropServices;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests;

public sealed class CudaErrorsTests
{
    [Theory]
    [InlineData(
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.06 GiB is free. Including non-PyTorch memory, this process has 78.04 GiB memory in use. See documentation\nException raised from malloc at CUDACachingAllocator.cpp:1518",
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.06 GiB is free: a smaller --batch-size, --hidden-size or --context-length needs less; the last checkpoint is kept")]
    [InlineData("CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be", "this libtorch has no code for this card")]
    [InlineData("CUDA error: CUDA-capable device(s) is/are busy or unavailable", "another program has the device")]
    [InlineData("CUDA error: an illegal memory access was encountered", "start again")]
    [InlineData("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", "cuDNN has failed")]
    public void Explain_AnErrorOfTheDevice_SaysInOneLineWhatToDo(string said, string expected)
    {
        LstmTorchException explained = CudaErrors.Explain(OfLibtorch(said))!;
        Assert.Equal(ErrorKind.Environment, explained.Kind);
        Assert.Contains(expected, explained.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised", explained.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_AnythingElse_IsNull()
    {
        Assert.Null(CudaErrors.Explain(OfLibtorch("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")));
        Assert.Null(CudaErrors.Explain(new InvalidOperationException("CUDA out of memory")));
    }

#pragma warning disable CA2201 // What TorchSharp throws for every error of libtorch.
    private static ExternalException OfLibtorch(string said) => new(said);
#pragma warning restore CA2201
}
