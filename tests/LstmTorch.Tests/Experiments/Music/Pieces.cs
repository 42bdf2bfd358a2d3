using LstmTorch.Experiments.Music;

namespace LstmTorch.Tests.Experiments.Music;

/// <summary>Pieces for tests.</summary>
internal static class Pieces
{
    /// <summary>A piece of one key a frame; a negative number is a silent frame.</summary>
    public static PianoRoll Of(params int[] keys) => new([.. keys.Select(key => key < 0 ? [] : (IReadOnlyList<int>)[key])]);

    /// <summary>Three keys in turn, from any of them on.</summary>
    public static PianoRoll Round(int start, int length) => Of([.. Enumerable.Range(start, length).Select(n => 10 * (n % 3))]);

    /// <summary>Parts of such rounds, of different lengths.</summary>
    public static PieceSet Rounds { get; } = new(
        [.. Enumerable.Range(0, 6).Select(n => Round(n, 8 + n))], [Round(1, 9)], [Round(2, 10), Round(0, 7)]);
}
