using System.Text.Json.Serialization;

namespace LstmTorch.Explaining;

/// <summary>How much one input matters for the forecasts of one target, over the windows that were explained; all in units of the target.</summary>
/// <param name="Input">The column, or the calendar feature.</param>
/// <param name="Attribution">Mean size of its attributions: the sum of <paramref name="Past"/> and <paramref name="Ahead"/>.</param>
/// <param name="Share">Of the attributions of all inputs; null where they are all 0.</param>
/// <param name="Contribution">Mean of the sum of its attributions, with their signs: of one window, what the input adds to the forecast.</param>
/// <param name="Past">Mean size of the attribution of each past value, by steps back from the origin, which is first; [context length].</param>
/// <param name="Ahead">Mean size of the attribution of each value that is known in advance, [horizon]; empty for an input that is not.</param>
public sealed record InputImportance(
    string Input, double Attribution, double? Share, double Contribution, IReadOnlyList<double> Past, IReadOnlyList<double> Ahead)
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
            var (past, ofPast) = Sizes(attributions.Past, windows, inputs, group.Past);
            var (ahead, ofAhead) = Sizes(attributions.Ahead, windows, covariates, group.Ahead);
            Array.Reverse(past);
            return new InputImportance(group.Name, past.Sum() + ahead.Sum(), null, ofPast + ofAhead, past, ahead);
        }).ToList();
        double all = each.Sum(input => input.Attribution);
        return [.. each.Select(input => input with { Share = all > 0 ? input.Attribution / all : null })];
    }

    /// <summary>Mean size at each step of what a group's columns add together, and the mean of the sum.</summary>
    private static (double[] Sizes, double Sum) Sizes(double[] values, int windows, int columns, IReadOnlyList<int> group)
    {
        if (group.Count == 0)
            return ([], 0);
        int steps = values.Length / windows / columns;
        double[] sizes = new double[steps];
        double sum = 0;
        for (int row = 0; row < windows * steps; row++)
        {
            double together = group.Sum(column => values[(row * columns) + column]);
            sizes[row % steps] += Math.Abs(together) / windows;
            sum += together / windows;
        }

        return (sizes, sum);
    }
}
