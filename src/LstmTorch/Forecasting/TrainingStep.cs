using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>What one step came to.</summary>
/// <param name="Loss">The loss of the batch before the step, scaled units.</param>
/// <param name="GradientNorm">The 2-norm of all gradients together, before clipping.</param>
/// <param name="NotFinite">What is not finite, in words, if the step was not taken for that; else null.</param>
public readonly record struct StepResult(double Loss, double GradientNorm, string? NotFinite);

/// <summary>One step of gradient descent: forecast, loss, gradients, clipping, Adam.</summary>
/// <param name="state">The network and its optimizer.</param>
/// <param name="options">The loss, the limit of the gradient and the weight decay.</param>
public sealed class TrainingStep(TrainingState state, TrainingOptions options)
{
    /// <summary>Takes a step, unless the loss or a gradient is not finite: weights and moments are then as they were.</summary>
    /// <param name="batch">The windows.</param>
    /// <param name="learningRate">η of Adam.</param>
    /// <param name="randomness">Decides the dropout, and nothing else does: the same number repeats it.</param>
    public StepResult Run(TrainingBatch batch, double learningRate, long randomness)
    {
        using var scope = NewDisposeScope();
        FlatParameters parameters = state.Parameters;
        manual_seed(randomness).Dispose();
        parameters.Gradients.zero_();
        Tensor forecast = state.Model.Forecast(batch.Context, batch.Known);

        // A network that gives one step, to be fed back, learns that one.
        if (state.Model.Config.Strategy == ForecastStrategy.Recursive)
            batch = batch.FirstStep();
        Tensor loss = ForecastLosses.Of(options.Loss, state.Model, forecast, batch, nn.Reduction.Mean);
        loss.backward();
        Tensor measured = stack([loss.detach(), parameters.Gradients.norm()]);

        // On a GPU the step is queued before the host has read anything: to read is to wait for all that is queued.
        bool queued = state.Optimizer.TryQueue(measured, options.ClipNorm, learningRate, options.WeightDecay);
        var (lossValue, norm) = Read(measured);
        FusedLstmFunction.ThrowPending();
        if (!double.IsFinite(lossValue))
            return new StepResult(lossValue, norm, $"the loss is {lossValue}, and {FirstNotFinite(batch, forecast)}");
        if (!double.IsFinite(norm))
            return new StepResult(lossValue, norm, $"the gradient of {parameters.FirstNonFiniteGradient() ?? "all weights together"} is not finite");

        if (queued)
            state.Optimizer.Steps++;
        else
            Descend(norm, learningRate);
        if (options.AverageWeights is { } decay)
            state.Average(decay);
        return new StepResult(lossValue, norm, null);
    }

    private static (double Loss, double Norm) Read(Tensor measured)
    {
        TensorAccessor<float> both = measured.data<float>();
        return (both[0], both[1]);
    }

    private void Descend(double norm, double learningRate)
    {
        if (norm > options.ClipNorm)
        {
            // Held while native code reads it; see HeldScalars.
            using Scalar shrink = options.ClipNorm.Value / norm;
            state.Parameters.Gradients.mul_(shrink);
        }

        state.Optimizer.Step(learningRate, options.WeightDecay);
    }

    /// <summary>Where it began: what comes first in the computation comes first here.</summary>
    private string FirstNotFinite(TrainingBatch batch, Tensor forecast)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (state.Parameters.FirstNonFiniteValue() is { } name)
            return $"{name} is not finite";
        foreach (var (tensor, words) in new[] { (batch.Context, "the input"), (batch.Future, "the actual value"), (forecast, "the forecast") })
        {
            if (!tensor.isfinite().all().item<bool>())
                return $"{words} is not finite";
        }

        return "the error is too large for float32";
    }
}
