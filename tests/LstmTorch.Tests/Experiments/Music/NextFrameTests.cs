using LstmTorch.Experiments.Music;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class NextFrameTests
{
    /// <summary>Of a logit ln 3, whose probability is 3/4, a note costs ln 4/3 and its absence ln 4; each logit of 0 costs ln 2.</summary>
    [Fact]
    public void Sum_ByHand_AddsUpKeysAndFrames()
    {
        using var scope = NewDisposeScope();
        Tensor logits = zeros(2, PianoRoll.Keys), targets = zeros(2, PianoRoll.Keys);
        logits[0, 5] = logits[1, 5] = Math.Log(3);
        targets[0, 5] = 1;

        double expected = (2 * 87 * Math.Log(2)) + Math.Log(4.0 / 3) + Math.Log(4);
        Assert.Equal(expected, NextFrame.Sum(logits, targets).item<float>(), 1e-4); // of a sum of 176 float32 numbers
    }

    /// <summary>A network of zeros says 1/2 of every key: 88 ln 2 a frame, whatever the lengths.</summary>
    [Fact]
    public void Score_OfZeros_IsThatOfEvenChances()
    {
        using var network = Network();
        using (no_grad())
        {
            foreach (var parameter in network.parameters())
                parameter.zero_();
        }

        Assert.Equal(88 * Math.Log(2), NextFrame.Score(network, [Pieces.Of(3, 5, 7, 9), Pieces.Of(4, 4)], CPU), 1e-4);
    }

    [Fact]
    public void Score_OfPiecesOfDifferentLengths_IsThatOfEachByItsFrames()
    {
        using var network = Network();
        PianoRoll one = Pieces.Of(3, 5, 7, 9, 11, 13, 15), other = Pieces.Of(4, 6);
        double together = NextFrame.Score(network, [one, other], CPU);
        double apart = ((6 * NextFrame.Score(network, [one], CPU)) + NextFrame.Score(network, [other], CPU)) / 7;
        Assert.Equal(apart, together, 1e-4);
        Assert.True(network.training);
    }

    [Fact]
    public void Sum_OfPiecesOfDifferentLengths_HasTheGradientsOfEach()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        PianoRoll one = Pieces.Of(3, 5, 7, 9, 11, 13, 15), other = Pieces.Of(4, 6);
        Tensor together = Gradient(network, [one, other]);
        Tensor apart = Gradient(network, [one]) + Gradient(network, [other]);
        Assert.True(together.abs().max().item<float>() > 0.1);
        Assert.True((together - apart).abs().max().item<float>() < 1e-4); // gradients of up to 10 in float32
    }

    private static NextFrameNetwork Network()
    {
        manual_seed(Seeds.Torch).Dispose();
        return new NextFrameNetwork(new MusicOptions { HiddenSize = [5] }, CPU);
    }

    private static Tensor Gradient(NextFrameNetwork network, PianoRoll[] pieces)
    {
        network.zero_grad();
        var batch = PieceBatch.Of(pieces, CPU);
        NextFrame.Sum(network.Logits(batch), batch.Targets).backward();
        return cat([.. network.parameters().Select(parameter => parameter.grad!.flatten())]).clone();
    }
}
