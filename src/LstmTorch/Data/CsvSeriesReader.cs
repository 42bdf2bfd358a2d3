using System.Security.Cryptography;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Reads a CSV file into series: the time column, the targets and the inputs, without missing values.</summary>
public static class CsvSeriesReader
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>What to call outputs that are made from a file: its name without folder and extension, or stdin.</summary>
    public static string NameOf(string path) => path == StandardInput ? "stdin" : Path.GetFileNameWithoutExtension(path);

    /// <summary>Reads a file, a pipe or standard input.</summary>
    /// <param name="path">The file, or <see cref="StandardInput"/>.</param>
    /// <param name="options">What to read, and how.</param>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where and what to do.</exception>
    public static TimeSeriesSet Read(string path, ReadOptions options)
    {
        if (path == StandardInput)
        {
            using Stream input = Console.OpenStandardInput();
            return ReadUnseekable(input, "standard input", options);
        }

        if (Directory.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: this is a folder; name a CSV file in it");
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            using FileStream stream = File.OpenRead(path);
            return stream.CanSeek ? Read(stream, path, options) : ReadUnseekable(stream, path, options);
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

        var missing = new MissingRows(table, options.ForModel);
        string[] names = [.. columns.Select(column => column.Name)];
        var series = new List<(string Id, TimeAxis Time, double[][] Values, bool[]?[] Filled)>();
        for (int s = 0; s < table.SeriesIds.Count; s++)
        {
            int[] rows = RowsOf(table, s, columns, options.Missing, missing);
            double[][] values = [.. columns.Select(column => Array.ConvertAll(rows, row => column.Values[row]))];
            bool[]?[] filled = [.. values.Select(column => MissingValueFill.Fill(column, options.Missing))];
            if (missing.LeaveOut(s, rows, columns) is var first and > 0)
            {
                rows = rows[first..];
                values = Array.ConvertAll(values, column => column[first..]);
                filled = Array.ConvertAll(filled, column => column?[first..]);
            }

            for (int column = 0; column < columns.Length; column++)
                missing.Add(columns[column], rows, filled[column]);
            TimeAxis time = choice.Times?.Axis(table, rows) ?? TimeAxis.OfRows(rows.Length);
            series.Add((table.SeriesIds[s], time, values, filled));
        }

        IReadOnlyList<CalendarFeature> calendar = CalendarColumns.Choose(options.Calendar, series.MaxBy(each => each.Time.Length).Time, name, options.ForModel);
        string[] derived = [.. CalendarColumns.Names(calendar)];
        if (Array.Find(derived, names.Contains) is { } taken)
            throw new LstmTorchException(ErrorKind.Usage, $"--calendar: {name} has a column '{taken}' of its own; rename it");

        return new TimeSeriesSet
        {
            Series =
            [
                .. series.Select(each => new TimeSeries(
                    each.Id,
                    each.Time,
                    [.. names, .. derived],
                    [.. each.Values, .. CalendarColumns.Values(calendar, each.Time)],
                    [.. each.Filled, .. derived.Select(_ => (bool[]?)null)])),
            ],
            Inputs = [.. choice.Inputs.Select(column => column.Name), .. derived],
            Calendar = calendar,
            Targets = [.. choice.Targets.Select(column => column.Name)],
            IgnoredColumns = choice.Ignored,
            Remarks = [.. choice.Remarks, .. missing.Remarks],
            TimeColumn = choice.Times?.Name,
            SeriesIdColumn = options.SeriesIdColumn,
            SourceName = name,
            Sha256 = sha256,
            MissingFilled = missing.Filled,
            RowsDropped = missing.Dropped,
            RowsLeftOut = missing.LeftOut,
        };
    }

    /// <summary>Reads what comes from a pipe: in memory, since the delimiter is looked for first and the rows are read after.</summary>
    private static TimeSeriesSet ReadUnseekable(Stream stream, string name, ReadOptions options)
    {
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        return Read(whole, name, options);
    }

    private static int[] RowsOf(CsvTable table, int series, CsvColumn[] columns, MissingValues policy, MissingRows missing)
    {
        var rows = new List<int>();
        foreach (int row in table.RowsOf(series))
        {
            if (policy == MissingValues.Drop && Array.Exists(columns, column => double.IsNaN(column.Values[row])))
                missing.Dropped++;
            else
                rows.Add(row);
        }

        if (rows.Count == 0)
            throw table.Bad(null, $"every row{table.Which(series)} has a missing value, so that --missing drop leaves none");
        if (Array.Find(columns, column => rows.TrueForAll(row => double.IsNaN(column.Values[row]))) is { } empty)
            throw table.Bad(null, $"column '{empty.Name}' has no value at all{table.Which(series)}");
        return [.. rows];
    }
}
