namespace LstmTorch.Runtime.Model;

/// <summary>The quantiles of a distribution with location and scale: location + factor · scale, with these factors.</summary>
public static class QuantileFactors
{
    /// <summary>The smallest scale of a distribution, in scaled units: a likelihood grows without bound where the scale goes to 0.</summary>
    public const float SmallestScale = 1e-4f;

    /// <summary>The degrees of freedom of Student's t distribution stay above this, so that it has a variance.</summary>
    public const double SmallestFreedom = 2;

    /// <summary>The factors of a model's quantiles.</summary>
    /// <param name="config">A model with location and scale.</param>
    /// <param name="freedom">Its tensor <see cref="ModelTensors.Freedom"/>; empty for a normal distribution.</param>
    /// <returns>[targets, quantiles].</returns>
    public static double[] Of(ForecasterConfig config, ReadOnlySpan<float> freedom)
    {
        ArgumentNullException.ThrowIfNull(config);
        double[] factors = new double[config.Targets.Count * config.Quantiles.Count];
        for (int n = 0; n < factors.Length; n++)
        {
            double share = config.Quantiles[n % config.Quantiles.Count];
            factors[n] = freedom.IsEmpty
                ? StandardQuantiles.Normal(share)
                : StandardQuantiles.StudentT(share, SmallestFreedom + Math.Exp(freedom[n / config.Quantiles.Count]));
        }

        return factors;
    }

    /// <summary>The scale that an output of the head means: ln(1 + eˣ), and <see cref="SmallestScale"/> more.</summary>
    /// <remarks>In float64: beside 1 a float32 has not the digits of a small scale.</remarks>
    internal static float Scale(float output) => (float)(Math.Max(output, 0) + Math.Log(1 + Math.Exp(-Math.Abs((double)output)))) + SmallestScale;
}
