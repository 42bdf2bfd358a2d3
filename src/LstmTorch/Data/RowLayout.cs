using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using LstmTorch.Runtime;

namespace LstmTorch.Data;

/// <summary>
/// Files with a series a row, as those of the M4 competition: a header, then rows of an id and the values, oldest first. Empty
/// fields at the end pad shorter series.
/// </summary>
public static class RowLayout
{
    /// <summary>The name that the values get as a column.</summary>
    public const string ValueColumn = "value";

    /// <summary>Reads a file; the values are target and input, and rows are only numbered.</summary>
    /// <exception cref="LstmTorchException">The file cannot be used; the message says where.</exception>
    public static TimeSeriesSet Read(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        byte[] bytes = File.ReadAllBytes(path);
        using var stream = new MemoryStream(bytes);
        using var reader = CsvReader.Create(
            stream, new CsvReaderOptions { HasHeader = true, FieldCountMismatch = CsvFieldCountHandling.Allow, TrackLineNumbers = true, AllowLineBreaksInQuotes = false, MalformedData = CsvMalformedDataHandling.Throw });
        var series = new List<TimeSeries>();
        try
        {
            while (reader.Read())
                series.Add(Series(path, reader));
        }
        catch (CsvFormatException error)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{path}, line {error.LineNumber}: {CsvText.Explain(error)}", error);
        }

        return new TimeSeriesSet
        {
            Series = series.Count > 0 ? series : throw new LstmTorchException(ErrorKind.BadData, $"{path}: there is no series"),
            Inputs = [ValueColumn],
            Targets = [ValueColumn],
            SourceName = path,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };
    }

    private static TimeSeries Series(string path, CsvReader reader)
    {
        int count = reader.FieldCount;
        while (count > 1 && reader.GetSpan(count - 1).IsEmpty)
            count--;
        if (count == 1)
            throw new LstmTorchException(ErrorKind.BadData, $"{path}, line {reader.LineNumber}: series '{Encoding.UTF8.GetString(reader.GetSpan(0))}' has no value");
        double[] values = new double[count - 1];
        for (int n = 0; n < values.Length; n++)
        {
            if (!double.TryParse(reader.GetSpan(n + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out values[n]) || !double.IsFinite(values[n]))
                throw new LstmTorchException(ErrorKind.BadData, $"{path}, line {reader.LineNumber}, field {n + 2}: '{Encoding.UTF8.GetString(reader.GetSpan(n + 1))}' is not a number");
        }

        return new TimeSeries(Encoding.UTF8.GetString(reader.GetSpan(0)), TimeAxis.OfRows(values.Length), [ValueColumn], [values]);
    }
}
