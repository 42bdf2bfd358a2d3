using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>
/// What the outputs of a network mean that says more than one number, as tensor operations: quantiles, or location and scale of
/// a distribution. All in scaled units.
/// </summary>
/// <remarks>
/// <code>
/// with e = y − f for each quantile f of share q:
/// quantile    mean over the quantiles of max(q e, (q − 1) e)
/// gaussian    z²/2 + ln s + ln(2π)/2                                                        z = (y − m) / s
/// student-t   (ν+1)/2 · ln(1 + z²/ν) + ln s + ln(νπ)/2 + ln Γ(ν/2) − ln Γ((ν+1)/2)          z = (y − m) / s
/// </code>
/// s is softplus of the head's second output and a little more (<see cref="QuantileFactors.SmallestScale"/>), ν is 2 + exp of a
/// parameter of the target. Sources: Koenker and Bassett, "Regression Quantiles", 1978; Salinas et al., "DeepAR", 2020, for the
/// likelihoods of a network's outputs.
/// </remarks>
internal sealed class DistributionHead : IDisposable
{
    // Held, as HeldScalars are.
    private static readonly Scalar s_half = 0.5, s_pi = Math.PI, s_smallest = (double)QuantileFactors.SmallestScale;
    private static readonly Scalar s_smallestFreedom = QuantileFactors.SmallestFreedom, s_gaussian = 0.5 * Math.Log(2 * Math.PI);

    private readonly ForecasterConfig _config;
    private readonly Parameter? _freedom;
    private readonly Tensor _levels;
    private readonly Tensor _levelsLess1;

    /// <summary>Prepares the head of a network.</summary>
    /// <param name="config">A model with a distribution.</param>
    /// <param name="freedom">Its parameter <see cref="ModelTensors.Freedom"/>, [targets]; null where it has none.</param>
    /// <param name="dtype">That of the network.</param>
    /// <param name="device">Where the network lives; the CPU if null.</param>
    public DistributionHead(ForecasterConfig config, Parameter? freedom, ScalarType dtype, Device? device)
    {
        _config = config;
        _freedom = freedom;
        _levels = tensor([.. config.Quantiles], dtype: dtype, device: device).DetachFromDisposeScope();
        _levelsLess1 = tensor([.. config.Quantiles.Select(quantile => quantile - 1)], dtype: dtype, device: device).DetachFromDisposeScope();
    }

    private bool HasQuantiles => _config.Distribution == OutputDistribution.Quantiles;

    /// <summary>Gives the outputs of the head their meaning, and what was taken from the window.</summary>
    /// <param name="head">[B, horizon, targets, Q], or [B, horizon, targets, 2].</param>
    /// <param name="highway">What the highway adds, [B, horizon, targets]; null for nothing.</param>
    /// <param name="normalized">The windows.</param>
    /// <returns>Quantiles as they come, [B, horizon, targets, Q]; or location and scale, [B, horizon, targets, 2].</returns>
    public Tensor Of(Tensor head, Tensor? highway, NormalizedWindows normalized)
    {
        if (HasQuantiles)
        {
            if (highway is not null)
                head = head.add(highway.unsqueeze(-1), alpha: HeldScalars.One);
            return normalized.Restore(head);
        }

        Tensor location = head.select(-1, 0), scale = nn.functional.softplus(head.select(-1, 1)).add(s_smallest, HeldScalars.One);
        if (highway is not null)
            location = location.add(highway, alpha: HeldScalars.One);
        return stack([normalized.Restore(location), normalized.Spread is { } spread ? scale * spread : scale], -1);
    }

    /// <summary>What training makes small, of each value.</summary>
    /// <param name="output">What <see cref="Of"/> gave.</param>
    /// <param name="future">What came true, [B, horizon, targets].</param>
    /// <param name="weights">What the errors of quantiles are multiplied by, [B, 1, targets]; null for 1.</param>
    /// <returns>[B, horizon, targets].</returns>
    public Tensor Loss(Tensor output, Tensor future, Tensor? weights)
    {
        if (HasQuantiles)
        {
            Tensor error = future.unsqueeze(-1) - output;
            Tensor pinball = maximum(error * _levels, error * _levelsLess1).mean([-1]);
            return weights is null ? pinball : pinball * weights;
        }

        Tensor scale = output.select(-1, 1), z = (future - output.select(-1, 0)) / scale;
        return _config.Distribution == OutputDistribution.Gaussian
            ? (z * z).mul_(s_half).add(scale.log(), alpha: HeldScalars.One).add_(s_gaussian, HeldScalars.One)
            : StudentT(z, scale);
    }

    /// <summary>The quantiles of forecasts: those of the head sorted, or location and scale times the quantiles of the standard distribution.</summary>
    /// <param name="output">What <see cref="Of"/> gave.</param>
    /// <returns>[B, horizon, targets, Q], ascending.</returns>
    public Tensor Quantiles(Tensor output)
    {
        if (HasQuantiles)
            return output.sort(-1).Values;
        Tensor factors = tensor(QuantileFactors.Of(_config, Freedom()), dtype: output.dtype, device: output.device).view(_config.Targets.Count, _config.Quantiles.Count);
        return output.narrow(-1, 0, 1).add(output.narrow(-1, 1, 1) * factors, alpha: HeldScalars.One);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _levels.Dispose();
        _levelsLess1.Dispose();
    }

    private Tensor StudentT(Tensor z, Tensor scale)
    {
        // The difference of two logarithms of Γ loses half of float32's digits where ν is a hundred; for a number a target float64 costs nothing.
        Tensor freedom = _freedom!.to(ScalarType.Float64).exp().add(s_smallestFreedom, HeldScalars.One);
        Tensor above = freedom.add(HeldScalars.One, HeldScalars.One).mul(s_half);
        Tensor constant = freedom.mul(s_pi).log().mul(s_half).add(freedom.mul(s_half).lgamma(), alpha: HeldScalars.One) - above.lgamma();
        Tensor tail = (z * z / freedom.to(z.dtype)).log1p() * above.to(z.dtype);
        return tail.add(scale.log(), alpha: HeldScalars.One).add(constant.to(z.dtype), alpha: HeldScalars.One);
    }

    private float[] Freedom() => _freedom is null ? [] : [.. _freedom.detach().to(ScalarType.Float32, CPU).data<float>()];
}
