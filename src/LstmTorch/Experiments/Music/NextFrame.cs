using LstmTorch.Recurrent.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Music;

/// <summary>
/// The score: the negative log-likelihood of each frame given those before it, nats, each key a Bernoulli variable of its own; summed over
/// all frames of all pieces but the first of each, and divided by their number (Bai, Kolter and Koltun, 2018).
/// </summary>
public static class NextFrame
{
    // Enough for the kernels to be busy, and little enough to stay in the cache.
    private const int PiecesAtOnce = 32;

    /// <summary>The sum over the frames of a batch, a scalar.</summary>
    /// <param name="logits">Logits, [N, 88].</param>
    /// <param name="targets">What sounded, 1 and 0, [N, 88].</param>
    public static Tensor Sum(Tensor logits, Tensor targets) =>
        nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.Sum);

    /// <summary>The score of a network, dropout off.</summary>
    /// <param name="network">The network.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="device">Where the network lives.</param>
    /// <returns>Nats a frame.</returns>
    public static double Score(NextFrameNetwork network, IReadOnlyList<PianoRoll> pieces, Device device)
    {
        ArgumentNullException.ThrowIfNull(network);
        bool training = network.training;
        network.eval();
        using var noGradient = no_grad();
        double sum = 0;
        foreach (PianoRoll[] some in pieces.OrderBy(piece => piece.Length).Chunk(PiecesAtOnce))
        {
            using var scope = NewDisposeScope();
            PieceBatch batch = PieceBatch.Of(some, device);
            sum += Sum(network.Logits(batch), batch.Targets).item<float>();
        }

        FusedLstmFunction.ThrowPending();
        network.train(training);
        return sum / PieceSet.PredictedFrames(pieces);
    }
}
