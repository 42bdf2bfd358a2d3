using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Explaining;

/// <summary>
/// An input as a person knows it: a column, or all that the model sees of one. The sine and cosine of the hour, or the names of a
/// categorical column, mean nothing one by one.
/// </summary>
/// <param name="Name">The column, or the calendar feature.</param>
/// <param name="Past">Its places among the model's inputs.</param>
/// <param name="Ahead">Its places among the covariates that are known in advance.</param>
internal sealed record InputGroup(string Name, IReadOnlyList<int> Past, IReadOnlyList<int> Ahead)
{
    /// <summary>The inputs of a model, in the order of their first columns.</summary>
    public static IReadOnlyList<InputGroup> Of(ForecasterConfig config)
    {
        var names = new Dictionary<string, string>();
        foreach (CalendarFeature feature in config.Calendar)
        {
            foreach (string column in CalendarFeatures.Columns(feature))
                names[column] = Choices.Name(feature);
        }

        foreach (CategoricalColumn column in config.Categories)
        {
            foreach (string value in column.Values)
                names[CategoricalColumn.InputOf(column.Column, value)] = column.Column;
        }

        List<string> ahead = [.. config.FutureCovariates];
        return
        [
            .. config.Inputs.Select((input, place) => (Input: input, Place: place)).GroupBy(entry => names.GetValueOrDefault(entry.Input, entry.Input))
                .Select(group => new InputGroup(
                    group.Key,
                    [.. group.Select(entry => entry.Place)],
                    [.. group.Select(entry => ahead.IndexOf(entry.Input)).Where(place => place >= 0)])),
        ];
    }
}
