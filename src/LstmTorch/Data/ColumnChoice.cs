using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Which columns of a table are the time, the targets and the inputs, and whether they can be.</summary>
internal sealed class ColumnChoice
{
    /// <summary>What to do where a value is missing and none may be.</summary>
    public const string MissingRemedy = "choose --missing interpolate, forward-fill or drop";

    private const string All = "all", AllButLast = "all-but-last", Target = "target";

    /// <summary>A column with more text than this share is text; with less, its text is a mistake that must not pass unseen.</summary>
    private const double TextShare = 0.1;

    /// <summary>A column with fewer numbers than this share is text, and nobody will miss it among the numbers.</summary>
    private const double NumberShare = 0.2;

    private readonly Table _table;
    private readonly ReadOptions _options;

    private ColumnChoice(Table table, ReadOptions options)
    {
        _table = table;
        _options = options;
    }

    /// <summary>The moments of the rows; null where nothing but their order in the file is known.</summary>
    public RowTimes? Times { get; private set; }

    /// <summary>The targets.</summary>
    public IReadOnlyList<TableColumn> Targets { get; private set; } = [];

    /// <summary>The inputs.</summary>
    public IReadOnlyList<TableColumn> Inputs { get; private set; } = [];

    /// <summary>The inputs that are known in advance.</summary>
    public IReadOnlyList<TableColumn> Future { get; private set; } = [];

    /// <summary>The inputs that hold names.</summary>
    public IReadOnlyList<TableColumn> Categorical { get; private set; } = [];

    /// <summary>Columns that are no numbers and were not asked for.</summary>
    public IReadOnlyList<string> Ignored { get; private set; } = [];

    /// <summary>What the user should know about the choice, each in one line.</summary>
    public IReadOnlyList<string> Remarks { get; private set; } = [];

    /// <summary>Targets and inputs of numbers, each once, in the order of the file.</summary>
    public IReadOnlyList<TableColumn> Chosen => [.. Targets.Concat(Inputs.Except(Categorical)).Distinct().OrderBy(column => column.Number)];

    /// <summary>Resolves the names of the options.</summary>
    /// <exception cref="LstmTorchException">A name is unknown, or a column cannot be what it shall be.</exception>
    public static ColumnChoice Of(Table table, ReadOptions options)
    {
        if (!options.ForModel)
            options = ColumnNames.Resolve(table, options);
        var choice = new ColumnChoice(table, options);
        if (options.SeriesIdColumn is { } id)
            _ = choice.Find(id, "--series-id");
        choice.ChooseColumns(TimeChoice.Of(table, options, choice.Find));
        foreach (TableColumn column in choice.Chosen)
            choice.CheckNumbers(column);
        choice.Remarks = [.. choice.Remarks, .. choice.Chosen.Select(choice.DoubtPoint).OfType<string>()];
        return choice;
    }

    private void ChooseColumns(TimeChoice time)
    {
        Times = time.Times;
        TableColumn[] candidates =
        [
            .. _table.Columns.Where(column => column.Name != Times?.Name && column.Name != _options.SeriesIdColumn && !time.Counting.Contains(column)),
        ];
        TableColumn[] numeric = [.. candidates.Where(IsNumeric)];
        TableColumn[] ignored = [.. candidates.Except(numeric).Where(column => !ColumnNames.IsNamed(_options, column.Name))];
        Ignored = [.. ignored.Where(column => !IsPartlyNumeric(column)).Select(column => column.Name)];
        Remarks = _options.ForModel ? time.Remarks : [.. time.Remarks, .. ignored.Where(IsPartlyNumeric).Select(column => $"{Doubt(column)}; the column is not used")];

        TableColumn[] measured = [.. candidates.Where(column => !ColumnNames.IsCovariate(_options, column.Name))];
        Targets = _options.Targets.Count > 0
            ? [.. _options.Targets.Distinct().Where(IsNeeded).Select(name => Find(name, "--target"))]
            : _options.Wide ? [.. measured.Except(time.CalendarParts).Where(IsNumeric)]
            : [DefaultTarget([.. measured.Except(time.CalendarParts), .. time.CalendarParts])];
        if (_options.Wide)
            CheckSeries();
        Future = [.. _options.FutureCovariates.Distinct().Select(name => Covariate(name, "--future-covariates"))];
        TableColumn[] past = [.. _options.PastCovariates.Select(name => Covariate(name, "--past-covariates"))];
        TableColumn[] categorical = [.. _options.Categorical.Select(name => Covariate(name, "--categorical"))];
        TableColumn[] seen = _options.Wide && !_options.ForModel ? past : past.Length > 0 ? [.. Targets, .. past] : NamedInputs(numeric);
        Inputs = [.. seen.Concat(Future).Concat(categorical).Distinct()];
        Categorical = [.. _options.ForModel ? categorical : Inputs.Where(column => categorical.Contains(column) || (IsText(column) && !Targets.Contains(column)))];
    }

    /// <summary>The inputs that <c>--inputs</c> names.</summary>
    private TableColumn[] NamedInputs(TableColumn[] numeric) => _options.Inputs is [var word] && !_table.Columns.Exists(column => column.Name == word)
        ? word switch
        {
            All => numeric,
            AllButLast => numeric.Length > 1 ? numeric[..^1] : throw _table.Bad(null, $"--inputs {AllButLast} needs two columns of numbers, there is {numeric.Length}"),
            Target => [.. Targets],
            _ => [Find(word, "--inputs")],
        }
        : _options.Inputs.Count > 0
            ? [.. _options.Inputs.Distinct().Select(name => Find(name, "--inputs"))]
            : _options.ForModel ? [] : numeric;

    private TableColumn Covariate(string name, string option) => name == Times?.Name || IsDates(name)
        ? throw new LstmTorchException(ErrorKind.Usage, $"{option} '{name}': it holds dates; --calendar makes inputs of the time column")
        : Find(name, option);

    private bool IsDates(string name) => _table.TimeColumns.Exists(dates => dates.Name == name && dates.FirstOther is null);

    /// <summary>False for a target that the data of a trained model lacks and that is no input: a forecast needs none.</summary>
    private bool IsNeeded(string target) =>
        !_options.ForModel || _options.Inputs.Contains(target) || _table.Columns.Exists(column => column.Name == target);

    /// <summary>That there is a series, and which of the model's are not there: their forecasts would be missed without a word.</summary>
    private void CheckSeries()
    {
        if (Targets.Count == 0)
        {
            throw _table.Bad(null, _options.ForModel
                ? $"the model forecasts {Quantity.Of(_options.Targets.Count, "column")}, such as '{_options.Targets[0]}', and none of them is there; {Nearest(_options.Targets[0])}"
                : "there is no column of numbers that could be a series");
        }

        string[] absent = [.. _options.Targets.Distinct().Except(Targets.Select(column => column.Name))];
        if (absent.Length > 0)
            Remarks = [.. Remarks, $"{absent.Length} of the {Quantity.Of(_options.Targets.Count, "column")} that the model forecasts {(absent.Length == 1 ? "is" : "are")} not there: '{absent[0]}'{(absent.Length > 1 ? " and others" : string.Empty)}"];
    }

    private string Nearest(string name) => NearestNames.Suggest(name, [.. _table.Columns.Select(candidate => candidate.Name)]);

    /// <summary>The first column of numbers, unless one before it looks as if it should be: predicting another in its place would pass unseen.</summary>
    private TableColumn DefaultTarget(TableColumn[] candidates)
    {
        TableColumn target = Array.Find(candidates, column => IsNumeric(column) || IsPartlyNumeric(column))
            ?? throw _table.Bad(null, $"there is no column of numbers to predict{(_table.Columns.Count == 1 ? "; name the character between the fields with --delimiter" : string.Empty)}");
        return IsNumeric(target)
            ? target
            : throw _table.Bad((target.FirstOddNumber ?? target.FirstText)!.Value.Line, $"{Doubt(target)}, or name the column to predict with --target");
    }

    /// <summary>Whether a column that nobody named is one of numbers.</summary>
    private static bool IsNumeric(TableColumn column) => column.NumberCount > 0
        ? column.TextCount <= TextShare * (column.NumberCount + column.TextCount)
        : column.HasDecimalCommas && column.OddNumberCount == column.TextCount;

    /// <summary>Whether a column that is none of numbers was perhaps meant to be one.</summary>
    private static bool IsPartlyNumeric(TableColumn column) =>
        !IsNumeric(column) && column.NumberCount + column.OddNumberCount is > 0 and int numbers && numbers >= NumberShare * (column.NumberCount + column.TextCount);

    /// <summary>Whether a column holds names: with numbers among them it may be a mistake.</summary>
    private bool IsText(TableColumn column) => column.FirstText is not null && !IsNumeric(column) && !IsPartlyNumeric(column) && !IsDates(column.Name);

    /// <summary>Why a partly numeric column is not taken for one of numbers, and what would change that.</summary>
    private static string Doubt(TableColumn column) => column.FirstOddNumber is { } odd
        ? $"column '{column.Name}' looks like numbers, but {Explain(odd.Text)}"
        : $"column '{column.Name}' holds {Quantity.Of(column.NumberCount, "number")}, but text in {Quantity.Of(column.TextCount, "row")} ('{column.FirstText!.Value.Text}'); leave those fields empty and choose --missing";

    /// <summary>What keeps a number from being read, and how to write it.</summary>
    private static string Explain(string text)
    {
        OddNumber odd = OddNumber.Of(text)!;
        return OddNumber.IsUnclear(text)
            ? $"'{text}' has a comma; write {text.Replace(",", string.Empty, StringComparison.Ordinal)} if it groups thousands, {odd.Write} if it is a decimal comma"
            : $"'{text}' has {odd.What}; write {odd.Write}";
    }

    /// <summary>What to say of a column that holds 1.502 and no fraction of another length, where points group thousands.</summary>
    private string? DoubtPoint(TableColumn column) => _table.MayGroupWithPoints && column.FirstUnclearPoint is { } place
        ? $"column '{column.Name}': {place.Text} ({_table.At(place.Line)}) is read with a decimal point; if the point groups thousands, write {place.Text.Replace(".", string.Empty, StringComparison.Ordinal)}"
        : null;

    private TableColumn Find(string name, string option)
    {
        TableColumn? column = _table.Columns.Find(candidate => candidate.Name == name);
        if (column is not null)
            return column;

        string hint = Nearest(name);
        if (_options.ForModel)
            throw _table.Bad(null, $"the model needs the column '{name}', which is not there; {hint}");
        throw new LstmTorchException(ErrorKind.Usage, $"{option} '{name}': there is no such column; {hint}");
    }

    private void CheckNumbers(TableColumn column)
    {
        string where = $"column '{column.Name}' (number {column.Number})";
        if (column.FirstOddNumber is { } odd && column.OddNumberCount == column.TextCount)
            throw _table.Bad(odd.Line, $"{where}: {Explain(odd.Text)}");
        if (column.FirstText is { } text)
        {
            throw _table.Bad(
                text.Line,
                column.NumberCount == 0
                    ? $"{where} holds text ('{text.Text}'), not numbers; choose other columns with --target and --inputs"
                    : $"{where}: '{text.Text}' is not a number; correct it, leave the field empty if nothing is known, choose other columns with --target and --inputs, or name it in --categorical if it holds names");
        }

        if (column.FirstInfinite is { } infinite)
            throw _table.Bad(infinite.Line, $"{where}: '{infinite.Text}' is infinite; correct it or leave the field empty");
        if (column.NumberCount == 0)
            throw _table.Bad(null, $"{where} has no value at all; choose other columns with --target and --inputs");
        if (_options.Missing == MissingValues.Error && Future.Count == 0 && column.FirstMissing is { } missing)
        {
            string shown = missing.Text.Length == 0 ? "an empty field" : $"'{missing.Text}'";
            throw _table.Bad(
                missing.Line,
                $"{where}: {shown} is a missing value, one of {column.MissingCount}; {(IsMissingAtTheEnd(column) ? $"leave out the rows that are still to come, which only --future-covariates need, or {MissingRemedy}" : MissingRemedy)}");
        }
    }

    private static bool IsMissingAtTheEnd(TableColumn column) => !column.Values[..^column.MissingCount].Contains(double.NaN);
}
