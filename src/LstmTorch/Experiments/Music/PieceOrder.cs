using LstmTorch.Data;

namespace LstmTorch.Experiments.Music;

/// <summary>Which pieces a step takes together: a function of seed and epoch.</summary>
/// <remarks>
/// Shuffled pieces, of which each few batches' worth are sorted by length before they are cut into batches: pieces of a batch are then of
/// about one length, little is filled up, and still no two epochs have the same batches.
/// </remarks>
public static class PieceOrder
{
    private const int BatchesSorted = 8;

    /// <summary>The batches of an epoch, in their order; every piece is in one of them, and sizes differ by one at most.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="batchSize">How many a step takes at most.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="epoch">The epoch.</param>
    public static IReadOnlyList<IReadOnlyList<PianoRoll>> Of(IReadOnlyList<PianoRoll> pieces, int batchSize, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        int batches = (pieces.Count + batchSize - 1) / batchSize;
        int Start(int batch) => (int)((long)pieces.Count * batch / batches);
        var order = new Permutation((ulong)seed, epoch, pieces.Count);
        PianoRoll[] sorted =
        [
            .. Enumerable.Range(0, (batches + BatchesSorted - 1) / BatchesSorted).SelectMany(pool =>
            {
                int from = Start(pool * BatchesSorted), to = Start(Math.Min((pool + 1) * BatchesSorted, batches));
                return Enumerable.Range(from, to - from).Select(n => pieces[order[n]]).OrderBy(piece => piece.Length);
            }),
        ];
        var turns = new Permutation((ulong)~seed, epoch, batches);
        return [.. Enumerable.Range(0, batches).Select(n => turns[n]).Select(batch => new ArraySegment<PianoRoll>(sorted, Start(batch), Start(batch + 1) - Start(batch)))];
    }
}
