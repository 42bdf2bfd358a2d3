using LstmTorch.Experiments.Music;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class NextFrameNetworkTests
{
    /// <summary>4 · 36 (88 + 36 + 1) of the layer, 88 (36 + 1) of the head, and 3 · 36 or 4 · 36² of the peepholes.</summary>
    [Fact]
    public void ParameterCount_OfThePublishedSize_IsWorkedOut()
    {
        Assert.Equal(18_000 + 3_256, Count(Peephole.None));
        Assert.Equal(18_000 + 3_256 + 108, Count(Peephole.Diagonal));
        Assert.Equal(18_000 + 3_256 + 5_184, Count(Peephole.Full));

        static long Count(Peephole peephole)
        {
            using var network = new NextFrameNetwork(new MusicOptions { Peephole = peephole }, CPU);
            return network.ParameterCount;
        }
    }

    [Fact]
    public void Logits_AfterAChange_AreAsBeforeIt()
    {
        using var scope = NewDisposeScope();
        manual_seed(Seeds.Torch).Dispose();
        using var network = new NextFrameNetwork(new MusicOptions { HiddenSize = [6, 4] }, CPU);
        network.eval();
        Tensor before = Logits(Pieces.Of(1, 2, 3, 4, 5)), after = Logits(Pieces.Of(1, 2, 50, 60, 70));

        Assert.True(before[..2].equal(after[..2]).all().item<bool>());
        Assert.True((before[2] - after[2]).abs().max().item<float>() > 1e-3);

        Tensor Logits(PianoRoll piece) => network.Logits(PieceBatch.Of([piece], CPU));
    }

    [Theory]
    [InlineData(DropoutKind.Standard)]
    [InlineData(DropoutKind.Variational)]
    public void Logits_WithDropout_DropsInTrainingAlone(DropoutKind kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(Seeds.Torch).Dispose();
        using var network = new NextFrameNetwork(new MusicOptions { HiddenSize = [40], Dropout = 0.5, InputDropout = 0.5, DropoutKind = kind }, CPU);
        var batch = PieceBatch.Of([Pieces.Round(0, 12)], CPU);

        Assert.True((network.Logits(batch) - network.Logits(batch)).abs().max().item<float>() > 1e-3);
        network.eval();
        Assert.True(network.Logits(batch).equal(network.Logits(batch)).all().item<bool>());
    }
}
