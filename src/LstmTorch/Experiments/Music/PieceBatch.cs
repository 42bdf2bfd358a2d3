using static TorchSharp.torch;

namespace LstmTorch.Experiments.Music;

/// <summary>
/// Some pieces beside each other. Where one is shorter than the longest, silent frames fill it up behind its end, so that they change
/// nothing before it; <see cref="Predicted"/> leaves them out, so that they are neither scored nor learned.
/// </summary>
/// <param name="Inputs">All frames but the last of each piece, 1 where a key sounds and 0 elsewhere, [T − 1, B, 88].</param>
/// <param name="Predicted">Where in [(T − 1) · B] the frames of the pieces themselves lie, int64, [N].</param>
/// <param name="Targets">The frames that follow those, 1 and 0, [N, 88].</param>
public sealed record PieceBatch(Tensor Inputs, Tensor Predicted, Tensor Targets)
{
    /// <summary>N, how many frames are predicted.</summary>
    public long Frames => Targets.shape[0];

    /// <summary>Lays pieces beside each other; the tensors belong to the current dispose scope.</summary>
    /// <param name="pieces">The pieces, each of 2 frames at least.</param>
    /// <param name="device">Where the tensors shall lie.</param>
    public static PieceBatch Of(IReadOnlyList<PianoRoll> pieces, Device device)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        int steps = pieces.Max(piece => piece.Length) - 1, count = PieceSet.PredictedFrames(pieces);
        float[] inputs = new float[steps * pieces.Count * PianoRoll.Keys], targets = new float[count * PianoRoll.Keys];
        long[] predicted = new long[count];
        int n = 0;
        for (int t = 0; t < steps; t++)
        {
            for (int b = 0; b < pieces.Count; b++)
            {
                PianoRoll piece = pieces[b];
                if (t + 1 >= piece.Length)
                    continue;
                int at = (t * pieces.Count) + b;
                foreach (int key in piece[t])
                    inputs[(at * PianoRoll.Keys) + key] = 1;
                foreach (int key in piece[t + 1])
                    targets[(n * PianoRoll.Keys) + key] = 1;
                predicted[n++] = at;
            }
        }

        return new PieceBatch(
            tensor(inputs, [steps, pieces.Count, PianoRoll.Keys], device: device),
            tensor(predicted, device: device),
            tensor(targets, [count, PianoRoll.Keys], device: device));
    }
}
