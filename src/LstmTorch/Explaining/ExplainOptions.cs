using LstmTorch.Runtime;

namespace LstmTorch.Explaining;

/// <summary>How forecasts are explained.</summary>
public sealed record ExplainOptions
{
    /// <summary>What a forecast is held against.</summary>
    /// <value>The mean of the training rows.</value>
    public AttributionBaseline Baseline { get; init; } = AttributionBaseline.Mean;

    /// <summary>At how many points of the path from the baseline to the window gradients are taken.</summary>
    /// <value>32; at least 1. The error of the sum is printed, and falls with the square of the number.</value>
    public int Points { get; init; } = 32;

    /// <summary>The step of the horizon to explain, from 1.</summary>
    /// <value>None: the mean over the steps.</value>
    public int? Step { get; init; }

    /// <summary>How often each input is shuffled among the windows.</summary>
    /// <value>10; 0 for no permutation importance.</value>
    public int Repeats { get; init; } = 10;

    /// <summary>Chooses the shuffles.</summary>
    /// <value>0.</value>
    public int Seed { get; init; }

    /// <summary>Checks every range.</summary>
    /// <param name="horizon">The steps of the model.</param>
    /// <exception cref="LstmTorchException">A value is out of its range; the message names it.</exception>
    internal void Validate(int horizon)
    {
        if (Points < 1)
            throw new LstmTorchException(ErrorKind.Usage, $"--points is {Points}; it must be at least 1");
        if (Repeats < 0)
            throw new LstmTorchException(ErrorKind.Usage, $"--repeats is {Repeats}; it must be at least 0");
        if (Step is { } step && (step < 1 || step > horizon))
            throw new LstmTorchException(ErrorKind.Usage, $"--step is {step}; the model forecasts steps 1 to {horizon}");
    }

    /// <summary>What each step counts in the number that is explained, [horizon]; together 1.</summary>
    internal double[] StepWeights(int horizon) => [.. Enumerable.Range(1, horizon).Select(n => Step is { } step ? (n == step ? 1.0 : 0) : 1.0 / horizon)];
}
