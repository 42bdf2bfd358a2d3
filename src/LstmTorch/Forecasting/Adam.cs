using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>The Adam optimizer over one flat buffer of parameters.</summary>
/// <remarks>
/// <code>
/// m = β1 m + (1 − β1) g
/// v = β2 v + (1 − β2) g²
/// θ = θ − η s (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε) − η λ θ
/// </code>
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1; β1 = 0.9, β2 = 0.999, ε = 1e-8. Weight
/// decay λ as of Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. The share s of the learning rate is 1 but for
/// what <see cref="PeepholeSteps"/> says. With s of 1 the same steps as <c>optim.Adam</c> and
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

    /// <summary>
    /// Queues the next step on a CUDA device before the host knows whether there is to be one: it changes nothing if a measured number
    /// is not finite. Whoever has read them then counts it in <see cref="Steps"/>.
    /// </summary>
    /// <param name="measured">The loss and the gradient's 2-norm, [2], on the device.</param>
    /// <param name="clipNorm">A gradient of a larger norm is scaled down to it; null for no limit.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="weightDecay">λ.</param>
    /// <returns>False where there is no such device or no kernel for it, and nothing was queued.</returns>
    internal bool TryQueue(Tensor measured, double? clipNorm, double learningRate, double weightDecay)
    {
        if (TrainingKernels.For(_parameters.Values) is not { } kernels)
            return false;
        kernels.Adam(_parameters.Values, _parameters.Gradients, Mean, Variance, _parameters.StepShares, measured, clipNorm, FactorsOf(Steps + 1, learningRate, weightDecay));
        return true;
    }

    /// <summary>Takes one step along the gradients.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="weightDecay">λ.</param>
    public void Step(double learningRate, double weightDecay = 0)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        if (_parameters.Values.device_type == DeviceType.CPU && _parameters.Values.dtype == ScalarType.Float32)
        {
            FusedAdam.Step(
                TensorMemory.Floats(_parameters.Values),
                TensorMemory.Floats(_parameters.Gradients),
                TensorMemory.Floats(Mean),
                TensorMemory.Floats(Variance),
                _parameters.StepShares is { } shares ? TensorMemory.Floats(shares) : [],
                FactorsOf(Steps, learningRate, weightDecay));
            return;
        }

        var (rootCorrection, step, keep) = Corrections(Steps, learningRate, weightDecay);
        Tensor g = _parameters.Gradients;
        Mean.mul_(s_beta1).add_(g, alpha: s_oneLessBeta1);
        Variance.mul_(s_beta2).addcmul_(g, g, value: s_oneLessBeta2);
        using Scalar correction = rootCorrection, descent = -step, kept = keep;
        Tensor denominator = Variance.sqrt().mul_(correction).add_(s_epsilon, HeldScalars.One);
        Tensor direction = _parameters.StepShares is { } some ? Mean * some : Mean;
        _parameters.Values.mul_(kept).addcdiv_(direction, denominator, value: descent);
    }

    /// <summary>1 / √(1 − β2^t), η / (1 − β1^t) and 1 − η λ.</summary>
    private static (double RootCorrection, double Step, double Keep) Corrections(long t, double learningRate, double weightDecay) =>
        (1 / Math.Sqrt(1 - Math.Pow(Beta2, t)), learningRate / (1 - Math.Pow(Beta1, t)), 1 - (learningRate * weightDecay));

    private static AdamFactors FactorsOf(long t, double learningRate, double weightDecay)
    {
        var (rootCorrection, step, keep) = Corrections(t, learningRate, weightDecay);
        return new AdamFactors((float)Beta1, (float)Beta2, (float)rootCorrection, (float)Epsilon, (float)step, (float)keep);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Variance.Dispose();
    }
}
