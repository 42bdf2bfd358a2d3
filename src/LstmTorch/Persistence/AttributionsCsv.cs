using System.Text;
using LstmTorch.Explaining;

namespace LstmTorch.Persistence;

/// <summary>Attributions as CSV: one row for each value that the model saw of each window.</summary>
public static class AttributionsCsv
{
    /// <summary>The first line, without its line feed.</summary>
    public const string Header = "series,origin,target,input,step,attribution";

    /// <summary>Writes all rows.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(Stream stream, IEnumerable<AttributionRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (AttributionRow row in rows)
        {
            writer.WriteLine(string.Join(
                ',', CsvCell.Text(row.Series), CsvCell.Text(row.Origin), CsvCell.Text(row.Target), CsvCell.Text(row.Input), CsvCell.Number(row.Step), CsvCell.Number(row.Attribution)));
        }
    }
}
