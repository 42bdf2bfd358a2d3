using LstmTorch.Experiments.Music;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class PieceBatchTests
{
    /// <summary>Keys 3 5 7, and 4 silence, beside each other: of the second, one frame is predicted, and none behind its end.</summary>
    [Fact]
    public void Of_PiecesOfTwoLengths_PredictsTheirOwnFramesOnly()
    {
        using var scope = NewDisposeScope();
        var batch = PieceBatch.Of([Pieces.Of(3, 5, 7), Pieces.Of(4, -1)], CPU);

        Assert.Equal([2, 2, 88], batch.Inputs.shape);
        Assert.Equal([(0, 0, 3), (0, 1, 4), (1, 0, 5)], Ones(batch.Inputs).Select(index => ((int)index[0], (int)index[1], (int)index[2])));
        Assert.Equal([0, 1, 2], batch.Predicted.data<long>().ToArray());
        Assert.Equal(3, batch.Frames);
        Assert.Equal([(0, 5), (2, 7)], Ones(batch.Targets).Select(index => ((int)index[0], (int)index[1])));
    }

    private static IEnumerable<long[]> Ones(Tensor tensor)
    {
        Assert.True(((tensor == 0) | (tensor == 1)).all().item<bool>());
        long[] indices = tensor.nonzero().data<long>().ToArray();
        return indices.Chunk((int)tensor.dim());
    }
}
