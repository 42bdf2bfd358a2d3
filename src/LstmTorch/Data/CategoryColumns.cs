using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Columns of names as inputs: one for each name, 1 where a row has it and 0 elsewhere.</summary>
internal static class CategoryColumns
{
    /// <summary>More names than these make a network that is mostly their weights.</summary>
    private const int Most = 100;

    /// <summary>The names of some columns, in the order in which the rows have them.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns of names.</param>
    /// <exception cref="LstmTorchException">A column has too many, or one that cannot be shown.</exception>
    public static IReadOnlyList<CategoricalColumn> Find(Table table, IReadOnlyList<TableColumn> columns) => [.. columns.Select(column => Find(table, column))];

    /// <summary>The names of the inputs.</summary>
    public static IEnumerable<string> Names(IEnumerable<CategoricalColumn> columns) => columns.SelectMany(Names);

    /// <summary>The names of the inputs of one column.</summary>
    public static IEnumerable<string> Names(CategoricalColumn column) => column.Values.Select(value => CategoricalColumn.InputOf(column.Column, value));

    /// <summary>The column of the data that an input is made from.</summary>
    public static string SourceOf(IEnumerable<CategoricalColumn> columns, string input) => columns.FirstOrDefault(column => Names(column).Contains(input))?.Column ?? input;

    /// <summary>The values of the inputs of one column in some rows.</summary>
    public static double[][] Values(CategoricalColumn column, TableColumn source, int[] rows)
    {
        double[][] inputs = [.. column.Values.Select(_ => new double[rows.Length])];
        Dictionary<string, int> numbers = column.Values.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        for (int row = 0; row < rows.Length; row++)
        {
            if (source.CategoryAt(rows[row]) is { } value && numbers.TryGetValue(value, out int number))
                inputs[number][row] = 1;
        }

        return inputs;
    }

    /// <summary>What to say of names that a trained model does not know; null where there are none.</summary>
    public static string? Unseen(Table table, CategoricalColumn column, TableColumn source)
    {
        var rows = Enumerable.Range(0, table.RowNumbers.Count).Where(row => source.CategoryAt(row) is { } value && !column.Values.Contains(value)).ToList();
        return rows.Count == 0
            ? null
            : $"column '{column.Column}': '{TableColumn.Shorten(source.CategoryAt(rows[0])!)}' ({table.At(table.RowNumbers[rows[0]])}) is none of the names that the model knows; it takes such fields, {rows.Count} in all, as empty";
    }

    /// <summary>The columns without the names that no training row has: their weights would stay as they were drawn.</summary>
    public static IReadOnlyList<CategoricalColumn> OfTraining(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits) =>
    [
        .. set.Categories.Select(column => column with
        {
            Values =
            [
                .. column.Values.Where(value => set.Series.Zip(splits).Any(pair =>
                    pair.First.Column(CategoricalColumn.InputOf(column.Column, value))[pair.Second.TrainStart..pair.Second.TrainEnd].Contains(1))),
            ],
        }),
    ];

    private static CategoricalColumn Find(Table table, TableColumn column)
    {
        var values = new List<string>();
        var known = new HashSet<string>();
        for (int row = 0; row < table.RowNumbers.Count; row++)
        {
            if (column.CategoryAt(row) is not { } value || !known.Add(value))
                continue;
            values.Add(value);
            if (value.Any(char.IsControl))
                throw table.Bad(table.RowNumbers[row], $"column '{column.Name}': the name '{value}' holds a control character; remove it");
            if (values.Count > Most)
                throw table.Bad(table.RowNumbers[row], $"column '{column.Name}' holds more than {Most} different names, each of which would be an input; leave the column out, or group its names");
        }

        return new CategoricalColumn(column.Name, values);
    }
}
