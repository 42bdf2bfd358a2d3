namespace LstmTorch.Runtime.Model;

/// <summary>A column of names: the model has an input for each, 1 in the rows that have the name and 0 in all others.</summary>
/// <remarks>A name that is none of them, or no name at all, is 0 in all inputs.</remarks>
/// <param name="Column">The column in the data.</param>
/// <param name="Values">The names, those of the training rows.</param>
public sealed record CategoricalColumn(string Column, IReadOnlyList<string> Values)
{
    /// <summary>The input of a name: "holiday=christmas".</summary>
    public static string InputOf(string column, string value) => $"{column}={value}";
}
