namespace LstmTorch.Experiments.Music;

/// <summary>What needs no network: each key by itself, with probabilities counted in the training part.</summary>
/// <remarks>A share of k in n is estimated by (k + 1) / (n + 2), Laplace's rule of succession, so that nothing is impossible.</remarks>
public static class KeyBaselines
{
    /// <summary>Each key sounds as often as it does in the training part.</summary>
    /// <param name="train">The training part.</param>
    /// <param name="scored">The part to score.</param>
    /// <returns>The score as <see cref="NextFrame"/> defines it, nats a frame.</returns>
    public static double Unigram(IReadOnlyList<PianoRoll> train, IReadOnlyList<PianoRoll> scored) => Score(train, scored, (_, _) => 0);

    /// <summary>Each key sounds as often as it does in the training part after a frame in which it sounded, or did not.</summary>
    /// <inheritdoc cref="Unigram"/>
    public static double Markov(IReadOnlyList<PianoRoll> train, IReadOnlyList<PianoRoll> scored) => Score(train, scored, (before, key) => before[key] ? 1 : 0);

    private static double Score(IReadOnlyList<PianoRoll> train, IReadOnlyList<PianoRoll> scored, Func<bool[], int, int> state)
    {
        var counts = new (double Silent, double Sounding)[PianoRoll.Keys, 2];
        ForEachKey(train, (key, before, sounds) =>
        {
            ref var count = ref counts[key, state(before, key)];
            count = sounds ? (count.Silent, count.Sounding + 1) : (count.Silent + 1, count.Sounding);
        });
        double sum = 0;
        ForEachKey(scored, (key, before, sounds) =>
        {
            var (silent, sounding) = counts[key, state(before, key)];
            sum -= Math.Log(((sounds ? sounding : silent) + 1) / (silent + sounding + 2));
        });
        return sum / PieceSet.PredictedFrames(scored);
    }

    private static void ForEachKey(IReadOnlyList<PianoRoll> pieces, Action<int, bool[], bool> each)
    {
        foreach (PianoRoll piece in pieces)
        {
            bool[] before = Sounding(piece[0]);
            for (int t = 1; t < piece.Length; t++)
            {
                bool[] now = Sounding(piece[t]);
                for (int key = 0; key < PianoRoll.Keys; key++)
                    each(key, before, now[key]);
                before = now;
            }
        }
    }

    private static bool[] Sounding(IReadOnlyList<int> frame)
    {
        bool[] keys = new bool[PianoRoll.Keys];
        foreach (int key in frame)
            keys[key] = true;
        return keys;
    }
}
