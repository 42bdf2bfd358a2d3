namespace LstmTorch.Explaining;

/// <summary>What one layer of a model does over the windows that were explained.</summary>
/// <param name="Layer">Its number, from 1, from the input upwards.</param>
/// <param name="Units">How many units it has, those of all networks of an ensemble.</param>
/// <param name="Gates">What its gates do: input, forget, candidate, output.</param>
/// <param name="MeanCell">Mean of |c|.</param>
/// <param name="MemorySteps">
/// 1/(1 − mean of f), in steps of the data: after so many steps a cell has kept 1/e of what it held (Tallec and Ollivier, "Can Recurrent
/// Neural Networks Warp Time?", 2018, section 2); null where f is always 1.
/// </param>
/// <param name="MedianMemorySteps">The median over the units of the same.</param>
/// <param name="LongestMemorySteps">The same of the unit with the longest memory; null where one never forgets.</param>
public sealed record LayerActivity(
    int Layer, int Units, IReadOnlyList<GateActivity> Gates, double MeanCell, double? MemorySteps, double? MedianMemorySteps, double? LongestMemorySteps)
{
    /// <summary>The gates over the context of one window, oldest step first: means over the units.</summary>
    public required GateCourse Course { get; init; }
}

/// <summary>What one gate does.</summary>
/// <param name="Gate">i, f, g or o.</param>
/// <param name="Mean">Mean value; of the candidate g, mean size.</param>
/// <param name="LeftSaturated">Share of values below 0.1, where the gate is shut; of g, of sizes.</param>
/// <param name="RightSaturated">Share of values above 0.9, where it is open (Karpathy, Johnson and Li, "Visualizing and Understanding Recurrent Networks", 2016, section 4.2); of g, of sizes.</param>
/// <param name="InputTerm">Share of the input term in what decides the gate: mean |W_x x|, by the sum of the means of all terms.</param>
/// <param name="RecurrentTerm">The same of |W_h h|.</param>
/// <param name="PeepholeTerm">The same of |W_c c|; 0 where the gate does not see the cell.</param>
/// <param name="BiasTerm">The same of |b|.</param>
public sealed record GateActivity(
    string Gate, double Mean, double LeftSaturated, double RightSaturated, double InputTerm, double RecurrentTerm, double PeepholeTerm, double BiasTerm);

/// <summary>Means over the units of a layer at each step of one window's context, oldest first.</summary>
/// <param name="Input">i.</param>
/// <param name="Forget">f.</param>
/// <param name="Output">o.</param>
/// <param name="Cell">|c|.</param>
public sealed record GateCourse(IReadOnlyList<double> Input, IReadOnlyList<double> Forget, IReadOnlyList<double> Output, IReadOnlyList<double> Cell);
