using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>A series in the making.</summary>
/// <param name="Id">What tells it from others.</param>
/// <param name="TableSeries">Whose rows of the table it has.</param>
/// <param name="Columns">Its columns of numbers, and where they come from.</param>
/// <param name="Targets">Those that are predicted.</param>
internal sealed record SeriesDraft(string Id, int TableSeries, IReadOnlyList<(string Name, TableColumn Source)> Columns, IReadOnlyList<TableColumn> Targets)
{
    /// <summary>Its rows in the table.</summary>
    public int[] Rows { get; init; } = [];

    /// <summary>The rows after them, of which only covariates are known.</summary>
    public int[] Ahead { get; init; } = [];

    /// <summary>The moments of its rows.</summary>
    public TimeAxis Time { get; init; } = TimeAxis.OfRows(0);

    /// <summary>The columns, without missing values.</summary>
    public double[][] Values { get; init; } = [];

    /// <summary>Which values were missing, null for a column without.</summary>
    public bool[]?[] Filled { get; init; } = [];

    /// <summary>The series, with the columns that are made from names and dates.</summary>
    public TimeSeries ToSeries(IReadOnlyList<CategoricalColumn> categories, ColumnChoice choice, IReadOnlyList<CalendarFeature> calendar)
    {
        (string Name, CategoricalColumn Names, TableColumn Source)[] names =
            [.. categories.Select(column => (column.Column, column, choice.Categorical.First(source => source.Name == column.Column)))];
        string[] derived = [.. CategoryColumns.Names(categories), .. CalendarColumns.Names(calendar)];
        var ahead = new Dictionary<string, double[]>();
        foreach (TableColumn column in choice.Future.Except(choice.Categorical))
            ahead[column.Name] = Array.ConvertAll(Ahead, row => column.Values[row]);
        foreach (var (_, column, source) in names.Where(each => choice.Future.Contains(each.Source)))
        {
            foreach (var (name, values) in CategoryColumns.Names(column).Zip(CategoryColumns.Values(column, source, Ahead)))
                ahead[name] = values;
        }

        return new TimeSeries(
            Id,
            Time,
            [.. Columns.Select(column => column.Name), .. derived],
            [.. Values, .. names.SelectMany(each => CategoryColumns.Values(each.Names, each.Source, Rows)), .. CalendarColumns.Values(calendar, Time)],
            [.. Filled, .. derived.Select(_ => (bool[]?)null)])
        {
            Ahead = ahead.Count == 0 ? KnownAhead.None : new KnownAhead(Ahead.Length, ahead),
        };
    }
}
