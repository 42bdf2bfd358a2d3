using LstmTorch.Recurrent.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels;

public sealed class TensorMemoryTests
{
    [Fact]
    public void Empty_AfterTheLastUser_IsUsedAgain()
    {
        // A size that nothing else asks for.
        Tensor first = TensorMemory.Empty(3, 54_321);
        nint address = TensorMemory.Address(first);
        Tensor view = first.narrow(0, 1, 1);
        first.Dispose();
        using (Tensor whileViewed = TensorMemory.Empty(3, 54_321))
            Assert.NotEqual(address, TensorMemory.Address(whileViewed));
        view.Dispose();

        using Tensor one = TensorMemory.Empty(3, 54_321), other = TensorMemory.Empty(3, 54_321);
        Assert.Contains(address, new List<nint> { TensorMemory.Address(one), TensorMemory.Address(other) });
    }

    [Fact]
    public void Empty_IsAnOrdinaryTensor()
    {
        using Tensor tensor = TensorMemory.Empty(40, 30), zero = zeros_like(tensor);
        tensor.copy_(ones(40, 30));
        using Tensor sum = (tensor + zero).sum();
        Assert.Equal([40, 30], tensor.shape);
        Assert.Equal(ScalarType.Float32, tensor.dtype);
        Assert.Equal(1200, sum.item<float>());
        Assert.Equal(0, TensorMemory.Address(tensor) % 64);
    }

    [Fact]
    public void Contiguous_OfATransposedTensor_HasItsValuesInOrder()
    {
        using Tensor tensor = arange(6000, dtype: ScalarType.Float32).view(60, 100), transposed = tensor.t();
        using Tensor copy = TensorMemory.Contiguous(transposed), expected = transposed.contiguous();
        Assert.True(copy.is_contiguous());
        Assert.Equal(expected.data<float>().ToArray(), copy.data<float>().ToArray());
    }

    [Fact]
    public void Floats_WriteThrough()
    {
        using Tensor tensor = zeros(2, 2);
        TensorMemory.Floats(tensor)[3] = 5;
        Assert.Equal(5, tensor[1, 1].item<float>());
    }
}
