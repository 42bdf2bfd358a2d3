using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>One or many series with the same columns, as they were read from one file.</summary>
public sealed record TimeSeriesSet
{
    /// <summary>The series, in the order of their first rows.</summary>
    public required IReadOnlyList<TimeSeries> Series { get; init; }

    /// <summary>The input columns.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The target columns; data that is read for a model may lack those that are no inputs.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What of the rows' dates is among the inputs, two columns each.</summary>
    public IReadOnlyList<CalendarFeature> Calendar { get; init; } = [];

    /// <summary>The columns of names among the inputs, with all names that the rows have.</summary>
    public IReadOnlyList<CategoricalColumn> Categories { get; init; } = [];

    /// <summary>The inputs that are known in advance.</summary>
    public IReadOnlyList<string> FutureCovariates { get; init; } = [];

    /// <summary>The columns that are series of their own, of which <see cref="Targets"/> is the one column; empty where series lie below each other.</summary>
    public IReadOnlyList<string> SeriesColumns { get; init; } = [];

    /// <summary>Columns that were left out by default because they hold no numbers.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>What was read in a way that the file's owner should know, each in one line that names the column.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The time column, or null.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The column that tells series apart, or null.</summary>
    public string? SeriesIdColumn { get; init; }

    /// <summary>The file, as it was named.</summary>
    public required string SourceName { get; init; }

    /// <summary>The SHA-256 of the file, in lower-case hexadecimal; empty where nobody asked for it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many missing values were filled.</summary>
    public int MissingFilled { get; init; }

    /// <summary>How many rows with missing values were dropped.</summary>
    public int RowsDropped { get; init; }

    /// <summary>How many rows were left out because they come before the first value of a column.</summary>
    public int RowsLeftOut { get; init; }

    /// <summary>Whether a column was made from others, and needs no scale.</summary>
    internal bool IsDerived(string column) => CalendarColumns.Names(Calendar).Concat(CategoryColumns.Names(Categories)).Contains(column);

    /// <summary>Rows of all series together.</summary>
    public int Rows => Series.Sum(series => series.Length);

    /// <summary>Rows of all series that do not follow the one before at the usual distance.</summary>
    public int IrregularSteps => Series.Sum(series => series.Time.IrregularSteps);

    /// <summary>What to say where rows do not follow each other at the usual distance; null where all do.</summary>
    public string? RemarkOnSteps => IrregularSteps == 0
        ? null
        : $"{IrregularSteps} of {Rows} rows do not follow the one before by {Series[0].Time.StepDescription}; they are taken as if they did, but by a model that is trained with --insert-rows";
}
