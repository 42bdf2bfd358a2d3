using System.Text;
using LstmTorch.Forecasting;

namespace LstmTorch.Persistence;

/// <summary>The file <c>series.csv</c>: how the model fared on each series of the test part, one row a series and target.</summary>
public static class SeriesCsv
{
    /// <summary>The first line, without its line feed.</summary>
    public const string Header = "series,target,windows,mae,rmse,mase,smape,best_baseline,best_baseline_mae";

    /// <summary>Writes the whole file; what is not defined becomes an empty cell.</summary>
    /// <param name="series">The rows.</param>
    public static string Serialize(IEnumerable<SeriesMetrics> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        var text = new StringBuilder(Header).Append('\n');
        foreach (SeriesMetrics row in series)
        {
            text.AppendJoin(
                ',',
                CsvCell.Text(row.Series),
                CsvCell.Text(row.Target),
                CsvCell.Number(row.Windows),
                CsvCell.Number(row.Mae ?? double.NaN),
                CsvCell.Number(row.Rmse ?? double.NaN),
                CsvCell.Number(row.Mase ?? double.NaN),
                CsvCell.Number(row.Smape ?? double.NaN),
                row.BestBaseline is { } best ? Choices.Name(best) : string.Empty,
                CsvCell.Number(row.BestBaselineMae ?? double.NaN)).Append('\n');
        }

        return text.ToString();
    }
}
