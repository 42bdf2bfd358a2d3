using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>What a sweep tries, and how its trials are ranked.</summary>
public sealed record SweepOptions
{
    /// <summary>The options that differ, each as NAME=VALUE/VALUE or NAME=LOW..HIGH, with :log behind a range over powers of ten.</summary>
    public required IReadOnlyList<string> Vary { get; init; }

    /// <summary>How many trials: the options as they are, and combinations drawn at random. Null for every combination.</summary>
    public int? Trials { get; init; }

    /// <summary>By what trials are ranked.</summary>
    /// <value>The mean absolute error on the validation part.</value>
    public SweepObjective Objective { get; init; } = SweepObjective.Mae;

    /// <summary>The η of successive halving: the best of so many trials goes on for so many times as many epochs. Null to train every trial to its end.</summary>
    public int? Halving { get; init; }

    /// <summary>Finds what is wrong with the options alone.</summary>
    /// <exception cref="LstmTorchException">An option is out of its range.</exception>
    public void Validate()
    {
        if (Trials is < 1 or > SearchSpace.MostCombinations)
            throw new LstmTorchException(ErrorKind.Usage, $"--trials is {Trials}; it must be from 1 to {SearchSpace.MostCombinations}");
        if (Halving is < 2)
            throw new LstmTorchException(ErrorKind.Usage, $"--halving is {Halving}; it must be at least 2, such as 3");
    }
}
