using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>What to read from a data file, and how.</summary>
public sealed record ReadOptions
{
    /// <summary>The word that stands for no time column: rows are in order as they are.</summary>
    public const string NoTime = "none";

    /// <summary>The time column; null to recognize it, <see cref="NoTime"/> for none.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The column that tells series apart; null for one series.</summary>
    public string? SeriesIdColumn { get; init; }

    /// <summary>The character between fields; null to find it among comma, semicolon, tab and bar.</summary>
    public char? Delimiter { get; init; }

    /// <summary>What to do about missing values.</summary>
    /// <value>They are errors.</value>
    public MissingValues Missing { get; init; } = MissingValues.Error;

    /// <summary>Whether the moments that are absent between two rows become rows too, whose values are missing.</summary>
    public bool InsertRows { get; init; }

    /// <summary>The target columns; none means the first numeric column.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The input columns by name, or one of all, all-but-last (of the numeric columns), target; none means all.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Columns that become inputs beside the targets; then <see cref="Inputs"/> is empty.</summary>
    public IReadOnlyList<string> PastCovariates { get; init; } = [];

    /// <summary>Columns that are known in advance: inputs whose values over the horizon a forecast sees too.</summary>
    public IReadOnlyList<string> FutureCovariates { get; init; } = [];

    /// <summary>Columns of names that become inputs; text that another option names is one as well.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>The columns of names of a trained model, with those that it knows.</summary>
    public IReadOnlyList<CategoricalColumn> Categories { get; init; } = [];

    /// <summary>Whether each column of numbers is a series of its own.</summary>
    public bool Wide { get; init; }

    /// <summary>What of the rows' dates becomes inputs, as words: hour, weekday, month, day-of-year, or auto alone.</summary>
    /// <value>Nothing.</value>
    public IReadOnlyList<string> Calendar { get; init; } = [];

    /// <summary>
    /// True where a trained model asks for the columns: an input that is missing is then the data's fault, not the command's, and
    /// a target that is no input may be missing.
    /// </summary>
    public bool ForModel { get; init; }

    /// <summary>How far the rows of a trained model lie apart, in words; null if it does not say.</summary>
    public string? TimeStep { get; init; }

    /// <summary>Whether the file's SHA-256 is wanted.</summary>
    /// <value>True.</value>
    public bool Hash { get; init; } = true;

    /// <summary>What a trained model reads: its columns, its time column, its way with missing values.</summary>
    public static ReadOptions Of(ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] Sources(IEnumerable<string> inputs) =>
        [
            .. inputs.Select(input => CategoryColumns.SourceOf(config.Categories, input)).Except(CalendarColumns.Names(config.Calendar)).Distinct(),
        ];
        bool isWide = config.SeriesColumns.Count > 0;
        return new ReadOptions
        {
            TimeColumn = config.TimeColumn ?? NoTime,
            TimeStep = config.TimeStep,
            SeriesIdColumn = config.SeriesIdColumn,
            Missing = config.Missing,
            InsertRows = config.InsertRows,
            Inputs = Sources(isWide ? config.Inputs.Except(config.Targets) : config.Inputs),
            FutureCovariates = Sources(config.FutureCovariates),
            Calendar = [.. config.Calendar.Select(CalendarFeatures.Name)],
            Categorical = [.. config.Categories.Select(column => column.Column)],
            Categories = config.Categories,
            Targets = isWide ? config.SeriesColumns : config.Targets,
            Wide = isWide,
            ForModel = true,
        };
    }
}
