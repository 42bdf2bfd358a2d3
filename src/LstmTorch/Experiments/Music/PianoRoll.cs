namespace LstmTorch.Experiments.Music;

/// <summary>One piece: the notes that sound in each of its frames.</summary>
/// <param name="frames">The keys that sound in each frame, from 0 for the lowest key of a piano.</param>
public sealed class PianoRoll(IReadOnlyList<IReadOnlyList<int>> frames)
{
    /// <summary>Keys of a piano.</summary>
    public const int Keys = 88;

    /// <summary>The MIDI number of the lowest key, A0.</summary>
    public const int LowestNote = 21;

    /// <summary>The MIDI number of the highest key, C8.</summary>
    public const int HighestNote = LowestNote + Keys - 1;

    /// <summary>T, the number of frames.</summary>
    public int Length => frames.Count;

    /// <summary>The keys that sound in a frame, in no order, each once.</summary>
    public IReadOnlyList<int> this[int frame] => frames[frame];
}
