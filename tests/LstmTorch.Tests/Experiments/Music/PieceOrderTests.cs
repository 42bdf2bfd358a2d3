using LstmTorch.Experiments.Music;
using Xunit;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class PieceOrderTests
{
    private static readonly PianoRoll[] s_pieces = [.. Enumerable.Range(0, 101).Select(n => Pieces.Round(n, 2 + (n * 37 % 101)))];

    [Fact]
    public void Of_AnEpoch_HasEveryPieceOnce()
    {
        var batches = PieceOrder.Of(s_pieces, batchSize: 4, seed: 3, epoch: 5);
        Assert.Equal(26, batches.Count);
        Assert.All(batches, batch => Assert.InRange(batch.Count, 3, 4));
        Assert.Equal(101, batches.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public void Of_SeedAndEpoch_DecideTheOrder()
    {
        Assert.Equal(Lengths(1, 2), Lengths(1, 2));
        Assert.NotEqual(Lengths(1, 2), Lengths(1, 3));
        Assert.NotEqual(Lengths(1, 2), Lengths(2, 2));

        static IEnumerable<int> Lengths(long seed, int epoch) => PieceOrder.Of(s_pieces, 4, seed, epoch).SelectMany(batch => batch).Select(piece => piece.Length);
    }

    /// <summary>32 lengths sorted and cut into fours span 4/33 of the range on average, unsorted ones 3/5.</summary>
    [Fact]
    public void Of_AnEpoch_PutsLikeLengthsTogether()
    {
        var batches = PieceOrder.Of(s_pieces, 4, seed: 0, epoch: 0);
        Assert.True(batches.Average(batch => batch.Max(piece => piece.Length) - batch.Min(piece => piece.Length)) < 101 / 4.0);
    }
}
