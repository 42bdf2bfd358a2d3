using System.Text;
using LstmTorch.Forecasting;

namespace LstmTorch.Persistence;

/// <summary>The file <c>predictions.csv</c>: one row a series, origin, step and target, in original units.</summary>
/// <remarks>
/// RFC 4180 with line feeds, UTF-8, numbers in invariant culture that read back exactly. Text that a spreadsheet would
/// take for a formula is written with an apostrophe before it.
/// </remarks>
public static class PredictionsCsv
{
    /// <summary>The first line, without its line feed.</summary>
    public const string Header = "series,origin,timestamp,step,target,actual,forecast";

    /// <summary>Writes the whole file.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="rows">The forecasts; an actual value that is not known becomes an empty cell.</param>
    public static void Write(Stream stream, IEnumerable<PredictionRow> rows)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        Write(writer, rows);
    }

    /// <summary>Writes the whole file.</summary>
    /// <param name="writer">Where to; it stays open.</param>
    /// <param name="rows">The forecasts; an actual value that is not known becomes an empty cell.</param>
    public static void Write(TextWriter writer, IEnumerable<PredictionRow> rows)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(rows);
        writer.Write(Header + "\n");
        foreach (PredictionRow row in rows)
        {
            string line = string.Join(
                ',',
                CsvCell.Text(row.Series),
                CsvCell.Text(row.Origin),
                CsvCell.Text(row.Timestamp),
                CsvCell.Number(row.Step),
                CsvCell.Text(row.Target),
                CsvCell.Number(row.Actual ?? double.NaN),
                CsvCell.Number(row.Forecast));
            writer.Write(line + "\n");
        }
    }
}
