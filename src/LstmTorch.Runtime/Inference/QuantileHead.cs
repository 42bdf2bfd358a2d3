using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Inference;

/// <summary>From what the head says about one step of one target to the quantiles of its forecast, in scaled units.</summary>
/// <remarks>Sorted here, as the training model and the exports do it: after the highway, before a window's level and the scales are given back.</remarks>
internal sealed class QuantileHead
{
    private readonly float[] _factors;
    private readonly bool _sorts;

    /// <summary>Prepares the head of a model.</summary>
    /// <param name="config">A model with a distribution.</param>
    /// <param name="freedom">Its tensor <see cref="ModelTensors.Freedom"/>; empty where it has none.</param>
    public QuantileHead(ForecasterConfig config, ReadOnlySpan<float> freedom)
    {
        Count = config.Quantiles.Count;
        Median = config.Quantiles.ToList().IndexOf(ForecasterConfig.Median);
        _sorts = config.Distribution == OutputDistribution.Quantiles;
        _factors = _sorts ? [] : [.. QuantileFactors.Of(config, freedom).Select(factor => (float)factor)];
    }

    /// <summary>Quantiles of a forecast, Q.</summary>
    public int Count { get; }

    /// <summary>The place of the forecast among them.</summary>
    public int Median { get; }

    /// <summary>The quantiles of one step of one target.</summary>
    /// <param name="outputs">What the head gives, [Q], or location and raw scale.</param>
    /// <param name="highway">What the highway adds.</param>
    /// <param name="target">The target.</param>
    /// <param name="quantiles">[Q], ascending; may be the outputs' own place where it is as long.</param>
    public void Quantiles(ReadOnlySpan<float> outputs, float highway, int target, Span<float> quantiles)
    {
        if (_sorts)
        {
            for (int q = 0; q < quantiles.Length; q++)
                quantiles[q] = outputs[q] + highway;
            quantiles.Sort();
            return;
        }

        float location = outputs[0] + highway, scale = QuantileFactors.Scale(outputs[1]);
        ReadOnlySpan<float> factors = _factors.AsSpan(target * Count, Count);
        for (int q = 0; q < factors.Length; q++)
            quantiles[q] = location + (scale * factors[q]);
    }
}
