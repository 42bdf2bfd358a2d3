using System.Text;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>
/// The file <c>predictions.csv</c>: one row a series, origin, step and target, in original units, and behind them, for each
/// interval of the model, columns such as lower_80 and upper_80, and for each quantile one such as q0.1.
/// </summary>
/// <remarks>
/// RFC 4180 with line feeds, UTF-8, numbers in invariant culture that read back exactly. Text that a spreadsheet would
/// take for a formula is written with an apostrophe before it.
/// </remarks>
public static class PredictionsCsv
{
    /// <summary>The first line of a model without intervals and quantiles, without its line feed.</summary>
    public const string Header = "series,origin,timestamp,step,target,actual,forecast";

    /// <summary>Writes the whole file.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="rows">The forecasts; an actual value that is not known becomes an empty cell.</param>
    /// <param name="intervals">The intervals of the model; null for none.</param>
    /// <param name="quantiles">Its quantiles; null for none.</param>
    public static void Write(Stream stream, IEnumerable<PredictionRow> rows, IReadOnlyList<PredictionInterval>? intervals = null, IReadOnlyList<double>? quantiles = null)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        Write(writer, rows, intervals, quantiles);
    }

    /// <summary>Writes the whole file.</summary>
    /// <param name="writer">Where to; it stays open.</param>
    /// <param name="rows">The forecasts; an actual value that is not known becomes an empty cell.</param>
    /// <param name="intervals">The intervals of the model; null for none.</param>
    /// <param name="quantiles">Its quantiles; null for none.</param>
    public static void Write(TextWriter writer, IEnumerable<PredictionRow> rows, IReadOnlyList<PredictionInterval>? intervals = null, IReadOnlyList<double>? quantiles = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(rows);
        writer.Write(string.Join(',', [Header, .. (intervals ?? []).SelectMany(Columns), .. (quantiles ?? []).Select(quantile => $"q{CsvCell.Number(quantile)}")]) + "\n");
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
            writer.Write(string.Join(
                ',',
                [
                    line,
                    .. (row.Intervals ?? []).SelectMany(interval => new[] { CsvCell.Number(interval.Lower), CsvCell.Number(interval.Upper) }),
                    .. (row.Quantiles ?? []).Select(quantile => CsvCell.Number(quantile.Value)),
                ]) + "\n");
        }
    }

    private static string[] Columns(PredictionInterval interval)
    {
        string percent = CsvCell.Number(Math.Round(100 * interval.Coverage, 10));
        return [$"lower_{percent}", $"upper_{percent}"];
    }
}
