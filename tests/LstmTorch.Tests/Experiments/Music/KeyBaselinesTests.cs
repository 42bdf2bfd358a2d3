using LstmTorch.Experiments.Music;
using Xunit;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class KeyBaselinesTests
{
    // Key 3 sounds in the predicted frames 1 0 1 (the first frame is not one of them), the other 87 keys never.
    private static readonly PianoRoll[] s_train = [Pieces.Of(3, 3, -1, 3)], s_scored = [Pieces.Of(3, 3), Pieces.Of(-1, 3, -1)];

    /// <summary>(2 + 1) / (3 + 2) for key 3, 1 / 5 for each of the others; scored on the frames 1, and 1 0.</summary>
    [Fact]
    public void Unigram_ByHand_CountsPredictedFrames() => Assert.Equal(
        (-(2 * Math.Log(3.0 / 5)) - Math.Log(2.0 / 5) - (3 * 87 * Math.Log(4.0 / 5))) / 3,
        KeyBaselines.Unigram(s_train, s_scored),
        1e-12);

    /// <summary>
    /// After a sounding frame key 3 sounds in 1 of 2, after a silent one in 1 of 1: 2/4 and 2/3. Scored 1 → 1, 0 → 1 and 1 → 0. The
    /// others are silent after silence in 3 of 3: 4/5.
    /// </summary>
    [Fact]
    public void Markov_ByHand_CountsByTheFrameBefore() => Assert.Equal(
        (-Math.Log(2.0 / 4) - Math.Log(2.0 / 3) - Math.Log(2.0 / 4) - (3 * 87 * Math.Log(4.0 / 5))) / 3,
        KeyBaselines.Markov(s_train, s_scored),
        1e-12);
}
