using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>The columns that options name, and whether they contradict each other.</summary>
internal static class ColumnNames
{
    /// <summary>Resolves every list of names: one word may hold some with commas between them where no column has that name.</summary>
    /// <exception cref="LstmTorchException">A column is named twice, or by options that exclude each other.</exception>
    public static ReadOptions Resolve(Table table, ReadOptions options)
    {
        options = options with
        {
            Targets = Names(table, options.Targets, "--target"),
            Inputs = Names(table, options.Inputs, "--inputs"),
            PastCovariates = Names(table, options.PastCovariates, "--past-covariates"),
            FutureCovariates = Names(table, options.FutureCovariates, "--future-covariates"),
            Categorical = Names(table, options.Categorical, "--categorical"),
        };
        if (options.PastCovariates.FirstOrDefault(options.FutureCovariates.Contains) is { } both)
            throw Wrong($"'{both}' stands in --past-covariates and in --future-covariates; its values after the origin are known in advance, or they are not");
        foreach (var (option, names) in new[] { ("--past-covariates", options.PastCovariates), ("--future-covariates", options.FutureCovariates), ("--categorical", options.Categorical) })
        {
            if (names.FirstOrDefault(options.Targets.Contains) is { } target)
                throw Wrong($"{option} '{target}': it is a target, which is what is not known; leave it out");
        }

        return options;
    }

    /// <summary>Whether an option names a column.</summary>
    public static bool IsNamed(ReadOptions options, string name) =>
        options.Targets.Contains(name) || options.Inputs.Contains(name) || IsCovariate(options, name) || name == options.SeriesIdColumn;

    /// <summary>Whether an option names a column as one that is not predicted.</summary>
    public static bool IsCovariate(ReadOptions options, string name) =>
        options.PastCovariates.Contains(name) || options.FutureCovariates.Contains(name) || options.Categorical.Contains(name);

    private static string[] Names(Table table, IReadOnlyList<string> words, string option)
    {
        string[] names =
        [
            .. words.SelectMany(word => table.Columns.Exists(column => column.Name == word) ? [word]
                : word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } parts ? parts : [word]),
        ];
        return names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice }
            ? throw Wrong($"{option}: '{twice}' is named twice")
            : names;
    }

    private static LstmTorchException Wrong(string message) => new(ErrorKind.Usage, message);
}
