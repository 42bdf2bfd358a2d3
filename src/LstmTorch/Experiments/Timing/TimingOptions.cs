using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static LstmTorch.OptionRange;

namespace LstmTorch.Experiments.Timing;

/// <summary>The network of the experiment and its training, on the CPU.</summary>
public sealed record TimingOptions
{
    /// <summary>The peepholes.</summary>
    /// <value>Diagonal, on the three gates.</value>
    public Peephole Peephole { get; init; } = Peephole.Diagonal;

    /// <summary>How many cells.</summary>
    /// <value>1, as published.</value>
    public int HiddenSize { get; init; } = 1;

    /// <summary>The most steps of training.</summary>
    /// <value>50 000.</value>
    public int Steps { get; init; } = 50_000;

    /// <summary>The step size of Adam.</summary>
    /// <value>0.01.</value>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Decides weights and streams.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>How the recurrence is computed: a name of <see cref="LstmKernels.Names"/>.</summary>
    /// <value>auto.</value>
    public string Kernel { get; init; } = LstmKernels.Auto;

    /// <summary>Looks at every option before the work starts.</summary>
    /// <exception cref="LstmTorchException">One is out of its range; the message names it and the range.</exception>
    public void Validate()
    {
        Require(HiddenSize is >= 1 and <= ForecasterConfig.MaximumHiddenSize, "--hidden-size", HiddenSize, $"from 1 to {ForecasterConfig.MaximumHiddenSize}");
        Require(Steps >= 1, "--steps", Steps, "at least 1");
        Require(LearningRate is > 0 and <= 1000, "--learning-rate", LearningRate, "above 0 and at most 1000");
        LstmKernels.Wanted(Kernel);
    }
}
