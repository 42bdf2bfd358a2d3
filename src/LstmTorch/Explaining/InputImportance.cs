using System.Text.Json.Serialization;

namespace LstmTorch.Explaining;

/// <summary>How much one input matters for the forecasts of one target, over the windows that were explained; all in units of the target.</summary>
/// <param name="Input">The column, or the calendar feature.</param>
/// <param name="Attribution">Mean size of its attributions: the sum of <paramref name="Past"/> and <paramref name="Ahead"/>.</param>
/// <param name="Share">Of the attributions of all inputs; null where they are all 0.</param>
/// <param name="Contribution">Mean of the sum of its attributions, with their signs: of one window, what the input adds to the forecast.</param>
/// <param name="Past">Mean size of the attribution of each past value, by steps back from the origin, which is first; [context length].</param>
/// <param name="Ahead">Mean size of the attribution of each value that is known in advance, [horizon]; empty for an input that is not.</param>
/// <param name="PastContribution">The means of <paramref name="Past"/> with their signs.</param>
/// <param name="AheadContribution">The means of <paramref name="Ahead"/> with their signs.</param>
public sealed record InputImportance(
    string Input,
    double Attribution,
    double? Share,
    double Contribution,
    IReadOnlyList<double> Past,
    IReadOnlyList<double> Ahead,
    IReadOnlyList<double> PastContribution,
    IReadOnlyList<double> AheadContribution)
{
    /// <summary>How much the mean absolute error rises where the input is shuffled among the windows; null where that was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorRise? Shuffled { get; init; }

    /// <summary>The importance of every input, from its attributions.</summary>
    internal static IReadOnlyList<InputImportance> Of(IReadOnlyList<InputGroup> groups, WindowAttributions attributions, int inputs, int covariates)
    {
        int windows = attributions.Forecasts.Length;
        var each = groups.Select(group =>
        {
            var (past, signedPast) = Means(attributions.Past, windows, inputs, group.Past);
            var (ahead, signedAhead) = Means(attributions.Ahead, windows, covariates, group.Ahead);
            Array.Reverse(past);
            Array.Reverse(signedPast);
            return new InputImportance(group.Name, past.Sum() + ahead.Sum(), null, signedPast.Sum() + signedAhead.Sum(), past, ahead, signedPast, signedAhead);
        }).ToList();
        double all = each.Sum(input => input.Attribution);
        return [.. each.Select(input => input with { Share = all > 0 ? input.Attribution / all : null })];
    }

    /// <summary>Means at each step, without and with sign, of what a group's columns add together.</summary>
    private static (double[] Sizes, double[] Signed) Means(double[] values, int windows, int columns, IReadOnlyList<int> group)
    {
        if (group.Count == 0)
            return ([], []);
        int steps = values.Length / windows / columns;
        double[] sizes = new double[steps], signed = new double[steps];
        for (int row = 0; row < windows * steps; row++)
        {
            double together = group.Sum(column => values[(row * columns) + column]);
            sizes[row % steps] += Math.Abs(together) / windows;
            signed[row % steps] += together / windows;
        }

        return (sizes, signed);
    }
}
