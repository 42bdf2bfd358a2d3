using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Which columns of a table are the time, the targets and the inputs, and whether they can be.</summary>
internal sealed class ColumnChoice
{
    private const string All = "all", AllButLast = "all-but-last", Target = "target";

    /// <summary>A column with more text than this share is text; with less, its text is a mistake that must not pass unseen.</summary>
    private const double TextShare = 0.1;

    private readonly CsvTable _table;
    private readonly ReadOptions _options;

    private ColumnChoice(CsvTable table, ReadOptions options)
    {
        _table = table;
        _options = options;
    }

    /// <summary>The column of dates that orders the rows; null if none does.</summary>
    public TimeColumn? Dates { get; private set; }

    /// <summary>The column of whole numbers that orders the rows; null if none does.</summary>
    public CsvColumn? Steps { get; private set; }

    /// <summary>The targets.</summary>
    public IReadOnlyList<CsvColumn> Targets { get; private set; } = [];

    /// <summary>The inputs.</summary>
    public IReadOnlyList<CsvColumn> Inputs { get; private set; } = [];

    /// <summary>Columns that are no numbers and were not asked for.</summary>
    public IReadOnlyList<string> Ignored { get; private set; } = [];

    /// <summary>Targets and inputs, each once, in the order of the file.</summary>
    public IReadOnlyList<CsvColumn> Chosen => [.. Targets.Concat(Inputs).Distinct().OrderBy(column => column.Number)];

    /// <summary>Resolves the names of the options.</summary>
    /// <exception cref="LstmTorchException">A name is unknown, or a column cannot be what it shall be.</exception>
    public static ColumnChoice Of(CsvTable table, ReadOptions options)
    {
        var choice = new ColumnChoice(table, options);
        choice.ChooseTime();
        choice.ChooseColumns();
        foreach (CsvColumn column in choice.Chosen)
            choice.CheckNumbers(column);
        return choice;
    }

    private void ChooseTime()
    {
        if (_options.SeriesIdColumn is { } id)
            _ = Find(id, "--series-id");

        if (_options.TimeColumn is not { } wanted)
        {
            HashSet<string> taken = [.. _options.Targets, .. _options.Inputs, _options.SeriesIdColumn ?? string.Empty];
            Dates = _table.TimeColumns.Find(column => !taken.Contains(column.Name));
            CsvColumn first = _table.Columns[0];
            Steps = Dates is null && first.CountsSteps && !taken.Contains(first.Name) && _table.Columns.Count > 1 ? first : null;
        }
        else
        {
            CsvColumn column = Find(wanted, "--time");
            Dates = _table.TimeColumns.Find(time => time.Name == wanted);
            Steps = Dates is null ? column : null;
            if (Steps is { } steps && (steps.FirstText ?? steps.FirstMissing ?? steps.FirstInfinite ?? FirstFraction(steps)) is { } place)
                throw _table.Bad(place.Line, $"column '{wanted}': '{place.Text}' is neither a date such as 2024-01-31 or 2024-01-31 18:00 nor a whole number");
        }

        if (Dates?.FirstOther is { } other)
            throw _table.Bad(other.Line, $"column '{Dates.Name}': '{other.Text}' is not a date like the ones before ({Dates.Pattern.Replace("'", string.Empty, StringComparison.Ordinal)})");
    }

    private Place? FirstFraction(CsvColumn column)
    {
        int row = column.Values.IndexOfAny([.. column.Values.ToArray().Where(value => value != Math.Floor(value)).Take(1)]);
        return row < 0 ? null : new Place(_table.Lines[row], column.Values[row].ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private void ChooseColumns()
    {
        CsvColumn[] candidates =
        [
            .. _table.Columns.Where(column => column.Name != Dates?.Name && column != Steps && column.Name != _options.SeriesIdColumn),
        ];
        CsvColumn[] numeric = [.. candidates.Where(IsNumeric)];
        Ignored = [.. candidates.Except(numeric).Select(column => column.Name).Where(name => !_options.Targets.Contains(name) && !_options.Inputs.Contains(name))];

        Targets = _options.Targets.Count > 0
            ? [.. _options.Targets.Distinct().Select(name => Find(name, "--target"))]
            : numeric.Length > 0 ? [numeric[0]] : throw _table.Bad(null, "there is no column of numbers to predict");
        Inputs = _options.Inputs is [var word] && !_table.Columns.Exists(column => column.Name == word)
            ? word switch
            {
                All => numeric,
                AllButLast => numeric.Length > 1 ? numeric[..^1] : throw _table.Bad(null, $"--inputs {AllButLast} needs two columns of numbers, there is {numeric.Length}"),
                Target => Targets,
                _ => [Find(word, "--inputs")],
            }
            : _options.Inputs.Count > 0
                ? [.. _options.Inputs.Distinct().Select(name => Find(name, "--inputs"))]
                : numeric;
    }

    /// <summary>Whether a column that nobody named is one of numbers.</summary>
    private bool IsNumeric(CsvColumn column) => column.NumberCount > 0
        ? column.TextCount <= TextShare * (column.NumberCount + column.TextCount)
        : column.DecimalCommaCount > 0 && column.DecimalCommaCount == column.TextCount;

    private CsvColumn Find(string name, string option)
    {
        CsvColumn? column = _table.Columns.Find(candidate => candidate.Name == name);
        if (column is not null)
            return column;

        string hint = NearestNames.Suggest(name, [.. _table.Columns.Select(candidate => candidate.Name)]);
        if (_options.ForModel)
            throw _table.Bad(null, $"the model needs the column '{name}', which is not there; {hint}");
        throw new LstmTorchException(ErrorKind.Usage, $"{option} '{name}': there is no such column; {hint}");
    }

    private void CheckNumbers(CsvColumn column)
    {
        string where = $"column '{column.Name}' (number {column.Number})";
        if (column.FirstDecimalComma is { } comma && column.FirstText == comma)
            throw _table.Bad(comma.Line, $"{where}: '{comma.Text}' has a decimal comma; write numbers with a decimal point");
        if (column.FirstText is { } text)
        {
            throw _table.Bad(
                text.Line,
                column.NumberCount == 0
                    ? $"{where} holds text ('{text.Text}'), not numbers; choose other columns with --target and --inputs"
                    : $"{where}: '{text.Text}' is not a number; correct it, or choose other columns with --target and --inputs");
        }

        if (column.FirstInfinite is { } infinite)
            throw _table.Bad(infinite.Line, $"{where}: '{infinite.Text}' is infinite; correct it or leave the field empty");
        if (column.NumberCount == 0)
            throw _table.Bad(null, $"{where} has no value at all; choose other columns with --target and --inputs");
        if (_options.Missing == MissingValues.Error && column.FirstMissing is { } missing)
        {
            string shown = missing.Text.Length == 0 ? "an empty field" : $"'{missing.Text}'";
            throw _table.Bad(
                missing.Line,
                $"{where}: {shown} is a missing value, one of {column.MissingCount}; choose --missing interpolate, forward-fill or drop");
        }
    }
}
