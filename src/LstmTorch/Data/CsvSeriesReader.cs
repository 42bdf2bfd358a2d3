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
            TimeAxis time = choice.Times?.Axis(table, rows) ?? TimeAxis.OfRows(rows.Length);
            double[][] values = [.. columns.Select(column => Values(table, column, rows, table.Which(s)))];
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
            TimeColumn = choice.Times?.Name,
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
            : throw table.Bad(null, $"every row{table.Which(series)} has a missing value, so that --missing drop leaves none");
    }

    private static double[] Values(CsvTable table, CsvColumn column, int[] rows, string which)
    {
        ReadOnlySpan<double> all = column.Values;
        double[] values = new double[rows.Length];
        for (int row = 0; row < rows.Length; row++)
            values[row] = all[rows[row]];
        return Array.Exists(values, value => !double.IsNaN(value))
            ? values
            : throw table.Bad(null, $"column '{column.Name}' has no value at all{which}");
    }
}
