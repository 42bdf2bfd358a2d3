using System.Numerics;
using System.Runtime.InteropServices;

namespace LstmTorch.Forecasting;

/// <summary>The equations of <see cref="Adam"/> in one pass over memory, for float32 on a CPU.</summary>
/// <remarks>Faster because each number is read and written once: as tensor operations, the same step makes nine passes.</remarks>
internal static class FusedAdam
{
    /// <summary>Updates weights and moments.</summary>
    /// <param name="weights">θ.</param>
    /// <param name="gradients">g.</param>
    /// <param name="mean">m.</param>
    /// <param name="variance">v.</param>
    /// <param name="shares">Each weight's share of the learning rate; empty where all have all of it.</param>
    /// <param name="factors">The numbers of this step.</param>
    public static void Step(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> mean, Span<float> variance, ReadOnlySpan<float> shares, in AdamFactors factors)
    {
        var (beta1, beta2, rootCorrection, epsilon, step, keep) = factors;
        int width = Vector<float>.Count, n = 0;
        for (; n <= weights.Length - width; n += width)
        {
            var g = new Vector<float>(gradients[n..]);
            Vector<float> m = (beta1 * new Vector<float>(mean[n..])) + ((1 - beta1) * g);
            Vector<float> v = (beta2 * new Vector<float>(variance[n..])) + ((1 - beta2) * g * g);
            Vector<float> change = step * m / ((Vector.SquareRoot(v) * rootCorrection) + new Vector<float>(epsilon));
            if (!shares.IsEmpty)
                change *= new Vector<float>(shares[n..]);
            m.CopyTo(mean[n..]);
            v.CopyTo(variance[n..]);
            ((keep * new Vector<float>(weights[n..])) - change).CopyTo(weights[n..]);
        }

        for (; n < weights.Length; n++)
        {
            float g = gradients[n];
            float m = mean[n] = (beta1 * mean[n]) + ((1 - beta1) * g);
            float v = variance[n] = (beta2 * variance[n]) + ((1 - beta2) * g * g);
            float share = shares.IsEmpty ? 1 : shares[n];
            weights[n] = (keep * weights[n]) - (share * (step * m / ((MathF.Sqrt(v) * rootCorrection) + epsilon)));
        }
    }
}

/// <summary>What a step of Adam multiplies by.</summary>
/// <param name="Beta1">β1.</param>
/// <param name="Beta2">β2.</param>
/// <param name="RootCorrection">1 / √(1 − β2^t).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Step">η / (1 − β1^t).</param>
/// <param name="Keep">1 − η λ.</param>
/// <remarks>The CUDA kernel reads them in this order.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AdamFactors(float Beta1, float Beta2, float RootCorrection, float Epsilon, float Step, float Keep);
