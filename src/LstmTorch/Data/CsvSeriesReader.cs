using System.Security.Cryptography;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Reads a CSV file into series: the time column, the targets and the inputs, without missing values.</summary>
public static class CsvSeriesReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(string path, ReadOptions options)
    {
        if (Directory.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: this is a folder; name a CSV file in it");
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path, options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(Stream stream, string name, ReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        stream.Position = 0;
        string sha256 = options.Hash ? Convert.ToHexStringLower(SHA256.HashData(stream)) : string.Empty;
        CsvTable table = CsvTable.Read(stream, name, options);
        ColumnChoice choice = ColumnChoice.Of(table, options);
        CsvColumn[] columns = [.. choice.Chosen];

        int filled = 0, dropped = 0;
        var series = new List<TimeSeries>();
        for (int s = 0; s < table.SeriesIds.Count; s++)
        {
            int[] rows = RowsOf(table, s, columns, options.Missing, ref dropped);
            TimeAxis time = Time(table, choice, rows);
            double[][] values = [.. columns.Select(column => Values(table, column, rows, table.SeriesIds[s]))];
            foreach (double[] column in values)
                filled += MissingValueFill.Fill(column, options.Missing);
            series.Add(new TimeSeries(table.SeriesIds[s], time, [.. columns.Select(column => column.Name)], values));
        }

        return new TimeSeriesSet
        {
            Series = series,
            Inputs = [.. choice.Inputs.Select(column => column.Name)],
            Targets = [.. choice.Targets.Select(column => column.Name)],
            IgnoredColumns = choice.Ignored,
            Remarks = choice.Remarks,
            TimeColumn = choice.Dates?.Name ?? choice.Steps?.Name,
            SeriesIdColumn = options.SeriesIdColumn,
            SourceName = name,
            Sha256 = sha256,
            MissingFilled = filled,
            RowsDropped = dropped,
        };
    }

    private static int[] RowsOf(CsvTable table, int series, CsvColumn[] columns, MissingValues missing, ref int dropped)
    {
        var rows = new List<int>();
        for (int row = 0; row < table.Lines.Count; row++)
        {
            if (table.SeriesOf(row) != series)
                continue;
            if (missing == MissingValues.Drop && Array.Exists(columns, column => double.IsNaN(column.Values[row])))
                dropped++;
            else
                rows.Add(row);
        }

        return rows.Count > 0
            ? [.. rows]
            : throw table.Bad(null, $"every row{Which(table.SeriesIds[series])} has a missing value, so that --missing drop leaves none");
    }

    private static double[] Values(CsvTable table, CsvColumn column, int[] rows, string id)
    {
        ReadOnlySpan<double> all = column.Values;
        double[] values = new double[rows.Length];
        for (int row = 0; row < rows.Length; row++)
            values[row] = all[rows[row]];
        return Array.Exists(values, value => !double.IsNaN(value))
            ? values
            : throw table.Bad(null, $"column '{column.Name}' has no value at all{Which(id)}");
    }

    private static TimeAxis Time(CsvTable table, ColumnChoice choice, int[] rows)
    {
        if (choice.Dates is { } dates)
        {
            long[] ticks = [.. rows.Select(row => dates.Ticks[row])];
            CheckOrder(table, dates.Name, ticks, rows, moment => new DateTime(moment).ToString(dates.Pattern, System.Globalization.CultureInfo.InvariantCulture));
            return TimeAxis.OfDates(dates.Name, ticks, dates.Pattern);
        }

        if (choice.Steps is { } numbers)
        {
            long[] steps = new long[rows.Length];
            for (int row = 0; row < rows.Length; row++)
                steps[row] = (long)numbers.Values[rows[row]];
            CheckOrder(table, numbers.Name, steps, rows, moment => moment.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return TimeAxis.OfSteps(numbers.Name, steps);
        }

        return TimeAxis.OfRows(rows.Length);
    }

    private static void CheckOrder(CsvTable table, string column, long[] moments, int[] rows, Func<long, string> format)
    {
        for (int row = 1; row < moments.Length; row++)
        {
            if (moments[row] > moments[row - 1])
                continue;

            int line = table.Lines[rows[row]], before = table.Lines[rows[row - 1]];
            string id = Which(table.SeriesIds[table.SeriesOf(rows[row])]);
            throw table.Bad(
                line,
                moments[row] == moments[row - 1]
                    ? $"column '{column}': {format(moments[row])} stands here and in line {before}{id}; keep one row a moment, or name the column that tells series apart with --series-id"
                    : $"column '{column}': {format(moments[row])} comes after {format(moments[row - 1])} in line {before}{id}; sort the rows by time");
        }
    }

    private static string Which(string id) => id.Length == 0 ? string.Empty : $" of series '{id}'";
}
