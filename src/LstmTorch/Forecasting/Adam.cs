using LstmTorch.Recurrent.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>The Adam optimizer over one flat buffer of parameters.</summary>
/// <remarks>
/// <code>
/// m = β1 m + (1 − β1) g
/// v = β2 v + (1 − β2) g²
/// θ = θ − η (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε) − η λ θ
/// </code>
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1; β1 = 0.9, β2 = 0.999, ε = 1e-8. Weight
/// decay λ as of Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. The same steps as <c>optim.Adam</c> and
/// <c>optim.AdamW</c>, whose moments cannot be reached for a checkpoint.
/// </remarks>
public sealed class Adam : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    // Held, and not converted at each call; see HeldScalars.
    private static readonly Scalar s_beta1 = Beta1;
    private static readonly Scalar s_oneLessBeta1 = 1 - Beta1;
    private static readonly Scalar s_beta2 = Beta2;
    private static readonly Scalar s_oneLessBeta2 = 1 - Beta2;
    private static readonly Scalar s_epsilon = Epsilon;

    private readonly FlatParameters _parameters;

    /// <summary>Starts with moments of zero.</summary>
    public Adam(FlatParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        Mean = zeros_like(parameters.Values).DetachFromDisposeScope();
        Variance = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>m, the running mean of the gradient, [N].</summary>
    public Tensor Mean { get; }

    /// <summary>v, the running mean of the squared gradient, [N].</summary>
    public Tensor Variance { get; }

    /// <summary>t, the number of steps taken; set when a checkpoint is restored.</summary>
    public long Steps { get; set; }

    /// <summary>Takes one step along the gradients.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="weightDecay">λ.</param>
    public void Step(double learningRate, double weightDecay = 0)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        double rootCorrection = 1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps)), step = learningRate / (1 - Math.Pow(Beta1, Steps));
        if (_parameters.Values.device_type == DeviceType.CPU && _parameters.Values.dtype == ScalarType.Float32)
        {
            FusedAdam.Step(
                TensorMemory.Floats(_parameters.Values),
                TensorMemory.Floats(_parameters.Gradients),
                TensorMemory.Floats(Mean),
                TensorMemory.Floats(Variance),
                new AdamFactors((float)Beta1, (float)Beta2, (float)rootCorrection, (float)Epsilon, (float)step, (float)(1 - (learningRate * weightDecay))));
            return;
        }

        Tensor g = _parameters.Gradients;
        Mean.mul_(s_beta1).add_(g, alpha: s_oneLessBeta1);
        Variance.mul_(s_beta2).addcmul_(g, g, value: s_oneLessBeta2);
        using Scalar correction = rootCorrection, descent = -step, keep = 1 - (learningRate * weightDecay);
        Tensor denominator = Variance.sqrt().mul_(correction).add_(s_epsilon, HeldScalars.One);
        _parameters.Values.mul_(keep).addcdiv_(Mean, denominator, value: descent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Variance.Dispose();
    }
}
