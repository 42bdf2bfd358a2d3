namespace LstmTorch.Data;

/// <summary>One series: numeric columns over time, with missing values filled. Immutable, and checked when it is made.</summary>
public sealed class TimeSeries
{
    private readonly IReadOnlyList<double[]> _values;
    private readonly IReadOnlyList<bool[]?> _filled;

    /// <summary>Takes over the columns.</summary>
    /// <param name="id">What tells it from other series; empty where there is only one.</param>
    /// <param name="time">The moments of the rows.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="values">The columns, each as long as <paramref name="time"/>.</param>
    /// <param name="filled">Which values of each column were missing and are filled, null for a column without; null where none is.</param>
    /// <exception cref="ArgumentException">Lengths or counts disagree, or a value is not finite.</exception>
    public TimeSeries(
        string id, TimeAxis time, IReadOnlyList<string> columns, IReadOnlyList<double[]> values, IReadOnlyList<bool[]?>? filled = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        filled ??= new bool[]?[columns.Count];
        if (columns.Count != values.Count || columns.Count != filled.Count || values.Any(column => column.Length != time.Length)
            || filled.Any(column => column is not null && column.Length != time.Length))
            throw new ArgumentException("Columns, names and times differ in number.", nameof(values));
        foreach (double[] column in values)
        {
            if (Array.Exists(column, value => !double.IsFinite(value)))
                throw new ArgumentException("A value is not finite.", nameof(values));
        }

        Id = id;
        Time = time;
        Columns = columns;
        _values = values;
        _filled = filled;
    }

    /// <summary>What tells it from other series; empty where there is only one.</summary>
    public string Id { get; }

    /// <summary>The moments of the rows.</summary>
    public TimeAxis Time { get; }

    /// <summary>The columns' names.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What is known of the rows after the last one.</summary>
    public KnownAhead Ahead { get; init; } = KnownAhead.None;

    /// <summary>How many rows it has.</summary>
    public int Length => Time.Length;

    /// <summary>A column's values, oldest first, in original units.</summary>
    public ReadOnlySpan<double> Column(int index) => _values[index];

    /// <summary>The first rows of a column as they were measured, in original units: NaN where the value was missing, and may be filled from later rows.</summary>
    public ReadOnlySpan<double> Measured(string name, int rows)
    {
        ReadOnlySpan<double> values = Column(name)[..rows];
        ReadOnlySpan<bool> filled = Filled(name);
        if (filled.IsEmpty)
            return values;

        double[] measured = values.ToArray();
        for (int row = 0; row < rows; row++)
            measured[row] = filled[row] ? double.NaN : measured[row];
        return measured;
    }

    /// <summary>Which values of a column were missing and are filled, one a row; empty where none was, or where there is no such column.</summary>
    public ReadOnlySpan<bool> Filled(string name)
    {
        for (int index = 0; index < Columns.Count; index++)
        {
            if (Columns[index] == name)
                return _filled[index];
        }

        return [];
    }

    /// <summary>The values of a column that is known in advance, from a row on, which may lie after the last one.</summary>
    /// <param name="name">The column.</param>
    /// <param name="row">The first row.</param>
    /// <param name="values">Receives the values, in original units; NaN where nothing is known.</param>
    public void Known(string name, int row, Span<double> values)
    {
        ReadOnlySpan<double> column = Column(name), ahead = Ahead.Columns.GetValueOrDefault(name, []);
        for (int n = 0; n < values.Length; n++)
        {
            int place = row + n;
            values[n] = place < Length ? column[place] : place - Length < ahead.Length ? ahead[place - Length] : double.NaN;
        }
    }

    /// <summary>A column's values, oldest first, in original units.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public ReadOnlySpan<double> Column(string name)
    {
        for (int index = 0; index < Columns.Count; index++)
        {
            if (Columns[index] == name)
                return _values[index];
        }

        throw new ArgumentException($"There is no column '{name}'.", nameof(name));
    }
}
