namespace LstmTorch.Experiments.Music;

/// <summary>The pieces of a file, in the parts that it comes with.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Validation">What chooses the epoch, and the options.</param>
/// <param name="Test">What is scored once, in the end.</param>
public sealed record PieceSet(IReadOnlyList<PianoRoll> Train, IReadOnlyList<PianoRoll> Validation, IReadOnlyList<PianoRoll> Test)
{
    /// <summary>How many frames of some pieces are predicted: all but the first of each.</summary>
    public static int PredictedFrames(IEnumerable<PianoRoll> pieces) => pieces.Sum(piece => piece.Length - 1);
}
