using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Makes series of a table: chosen columns, without missing values, and what is made from names and dates.</summary>
internal sealed class SeriesBuilder
{
    /// <summary>The column of a series that is a column of the file.</summary>
    public const string ValueColumn = RowLayout.ValueColumn;

    /// <summary>Fewer rows do not show how far they usually lie apart.</summary>
    private const int FewestRowsForAStep = 3;

    private readonly Table _table;
    private readonly ColumnChoice _choice;
    private readonly ReadOptions _options;
    private readonly string _source;
    private readonly MissingRows _missing;
    private readonly IReadOnlyList<CategoricalColumn> _categories;
    private readonly RowTimes? _times;
    private readonly int[][]? _rowsWithAbsent;

    /// <summary>Prepares to build.</summary>
    /// <param name="table">The table.</param>
    /// <param name="choice">Its columns.</param>
    /// <param name="options">What to do about missing values, and what to make.</param>
    /// <param name="source">What to call the data.</param>
    /// <exception cref="LstmTorchException">Absent rows shall be inserted, and cannot be.</exception>
    public SeriesBuilder(Table table, ColumnChoice choice, ReadOptions options, string source)
    {
        _table = table;
        _choice = choice;
        _options = options;
        _source = source;
        _missing = new MissingRows(table, options.ForModel);
        _times = choice.Times;
        if (options.InsertRows)
            (_times, _rowsWithAbsent) = AbsentRows.Insert(table, choice.Times ?? throw NoTime(), choice.Categorical);
        _categories = options.ForModel ? options.Categories : CategoryColumns.Find(table, choice.Categorical);
    }

    /// <summary>Makes the series.</summary>
    /// <exception cref="LstmTorchException">A series has no row, or a column no value; or names that are made are there already.</exception>
    public TimeSeriesSet Build()
    {
        List<SeriesDraft> drafts = [.. Drafts().Select(Fill)];
        TimeAxis time = drafts.MaxBy(draft => draft.Time.Length)!.Time;
        IReadOnlyList<CalendarFeature> calendar = CalendarColumns.Choose(_options.Calendar, time, _source, _options.ForModel);
        string[] numeric = [.. (_options.Wide ? [ValueColumn] : Array.Empty<string>()).Concat(_choice.Inputs.Except(_choice.Categorical).Select(column => column.Name))];
        string[] derived = [.. CategoryColumns.Names(_categories), .. CalendarColumns.Names(calendar)];
        CheckNames([.. drafts[0].Columns.Select(column => column.Name), .. derived]);
        return new TimeSeriesSet
        {
            Series = [.. drafts.Select(draft => draft.ToSeries(_categories, _choice, calendar))],
            Inputs = [.. numeric, .. derived],
            Targets = _options.Wide ? [ValueColumn] : [.. _choice.Targets.Select(column => column.Name)],
            Calendar = calendar,
            Categories = _categories,
            FutureCovariates = [.. _choice.Future.SelectMany(InputsOf)],
            SeriesColumns = _options.Wide ? [.. _choice.Targets.Select(column => column.Name)] : [],
            IgnoredColumns = _choice.Ignored,
            Remarks = [.. _table.Remarks, .. _choice.Remarks, .. _missing.Remarks, .. _options.ForModel ? Unseen() : [], .. OtherStep(time)],
            TimeColumn = _choice.Times?.Name,
            SeriesIdColumn = _options.SeriesIdColumn,
            SourceName = _source,
            Sha256 = string.Empty,
            MissingFilled = _missing.Filled,
            RowsDropped = _missing.Dropped,
            RowsLeftOut = _missing.LeftOut,
        };
    }

    private IEnumerable<string> InputsOf(TableColumn column) =>
        _categories.FirstOrDefault(names => names.Column == column.Name) is { } names ? CategoryColumns.Names(names) : [column.Name];

    private IEnumerable<string> Unseen() =>
        _categories.Select(names => CategoryColumns.Unseen(_table, names, _choice.Categorical.First(column => column.Name == names.Column))).OfType<string>();

    /// <summary>That a model of days is given weeks, which nothing else would tell. Of few days it is not known whether they are business days.</summary>
    private IEnumerable<string> OtherStep(TimeAxis time)
    {
        static string Days(string step) => step.Replace("business day", "day", StringComparison.Ordinal);
        if (_options.TimeStep is { } trained && time.Length >= FewestRowsForAStep && Days(trained) != Days(time.StepDescription))
            yield return $"its rows lie {time.StepDescription} apart, those that the model was trained on {trained}; it forecasts as if they lay {trained} apart";
    }

    private void CheckNames(string[] names)
    {
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new LstmTorchException(ErrorKind.Usage, $"{_source}: the column '{twice}' has the name of one that is made for the model (by --calendar, --categorical or --wide); rename it");
    }

    /// <summary>A draft for each series: of the rows of one id, or of one column.</summary>
    private IEnumerable<SeriesDraft> Drafts()
    {
        if (!_options.Wide)
            return Enumerable.Range(0, _table.SeriesIds.Count).Select(s => new SeriesDraft(_table.SeriesIds[s], s, [.. _choice.Chosen.Select(column => (column.Name, column))], _choice.Targets));
        (string, TableColumn)[] covariates = [.. _choice.Inputs.Except(_choice.Categorical).Select(column => (column.Name, column))];
        return _choice.Targets.Select(target => new SeriesDraft(target.Name, 0, [(ValueColumn, target), .. covariates], [target]));
    }

    private LstmTorchException NoTime() =>
        new(ErrorKind.Usage, $"{_source}: --insert-rows needs a time column, which tells where rows are absent; name it with --time, or leave --insert-rows out");

    /// <summary>Finds the rows of a series and fills what is missing.</summary>
    private SeriesDraft Fill(SeriesDraft draft)
    {
        int[] all = _rowsWithAbsent?[draft.TableSeries] ?? _table.RowsOf(draft.TableSeries).ToArray();
        int known = _choice.Future.Count > 0 ? KnownRows(draft, all) : all.Length;
        int[] ahead = all[known..], rows = RowsOf(draft, all[..known]);
        if (_options.Missing == MissingValues.Error)
            CheckComplete(draft, rows);
        double[][] values = [.. draft.Columns.Select(column => Array.ConvertAll(rows, row => column.Source.Values[row]))];
        bool[]?[] filled = [.. values.Select(column => MissingValueFill.Fill(column, _options.Missing))];
        TableColumn[] sources = [.. draft.Columns.Select(column => column.Source)];
        if (_missing.LeaveOut(draft.TableSeries, rows, sources) is var first and > 0)
        {
            rows = rows[first..];
            values = Array.ConvertAll(values, column => column[first..]);
            filled = Array.ConvertAll(filled, column => column?[first..]);
        }

        for (int column = 0; column < sources.Length; column++)
            _missing.Add(sources[column], rows, filled[column]);
        TimeAxis time = _times?.Axis(_table, [.. rows, .. ahead]) ?? TimeAxis.OfRows(rows.Length);
        if (ahead.Length > 0)
            time = time.WithLength(rows.Length);
        return draft with { Rows = rows, Ahead = ahead, Time = time, Values = values, Filled = filled };
    }

    /// <summary>The rows up to the last one with a target; those after it are the future, of which only covariates are known.</summary>
    private int KnownRows(SeriesDraft draft, int[] rows)
    {
        TableColumn[] telling = draft.Targets.Count > 0 ? [.. draft.Targets] : [.. _choice.Inputs.Except(_choice.Future).Except(_choice.Categorical)];
        return Array.FindLastIndex(rows, row => telling.Length == 0 || Array.Exists(telling, column => !double.IsNaN(column.Values[row]))) + 1;
    }

    private void CheckComplete(SeriesDraft draft, int[] rows)
    {
        foreach (var (_, column) in draft.Columns)
        {
            if (Array.FindIndex(rows, row => double.IsNaN(column.Values[row])) is >= 0 and int missing)
                throw _table.Bad(_table.RowNumbers[rows[missing]], $"column '{column.Name}' (number {column.Number}): a value is missing; {ColumnChoice.MissingRemedy}");
        }
    }

    private int[] RowsOf(SeriesDraft draft, int[] all)
    {
        int[] rows = _options.Missing == MissingValues.Drop
            ? [.. all.Where(row => !draft.Columns.Any(column => double.IsNaN(column.Source.Values[row])))]
            : all;
        _missing.Dropped += all.Length - rows.Length;
        if (all.Length == 0)
            throw _table.Bad(null, $"no row has a target{_table.Which(draft.TableSeries)}");
        string which = _options.Wide ? $" of column '{draft.Id}'" : _table.Which(draft.TableSeries);
        if (rows.Length == 0)
            throw _table.Bad(null, $"every row{which} has a missing value, so that --missing drop leaves none");
        if (draft.Columns.FirstOrDefault(column => Array.TrueForAll(rows, row => double.IsNaN(column.Source.Values[row]))).Source is { } empty)
            throw _table.Bad(null, $"column '{empty.Name}' has no value at all{_table.Which(draft.TableSeries)}");
        return rows;
    }
}
