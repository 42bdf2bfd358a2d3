namespace LstmTorch.Data;

/// <summary>What is known of the rows after the last of a series: the covariates that are known in advance.</summary>
/// <param name="Rows">How many such rows there are.</param>
/// <param name="Columns">The covariates by their names, [rows] each, in original units; NaN where a value is not given.</param>
public sealed record KnownAhead(int Rows, IReadOnlyDictionary<string, double[]> Columns)
{
    /// <summary>Nothing.</summary>
    public static KnownAhead None { get; } = new(0, new Dictionary<string, double[]>());
}
