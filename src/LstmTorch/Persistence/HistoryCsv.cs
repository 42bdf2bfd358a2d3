using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;

namespace LstmTorch.Persistence;

/// <summary>The file <c>history.csv</c>: one row an epoch.</summary>
public static class HistoryCsv
{
    /// <summary>The first line, without its line feed.</summary>
    public const string Header = "epoch,train_loss,validation_loss,learning_rate,gradient_norm,seconds";

    /// <summary>Writes the whole file: the header and one line an epoch, each ended by a line feed.</summary>
    /// <param name="history">The epochs, first one first; a number that is NaN becomes an empty cell.</param>
    public static string Serialize(IEnumerable<EpochResult> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return string.Concat(history.Select(Line).Prepend(Header).Select(line => line + "\n"));
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote, so that a resumed run can go on with it.</summary>
    /// <param name="csv">The text of the file.</param>
    /// <param name="where">The name of the file, for error messages.</param>
    /// <exception cref="LstmTorchException">The header or a row is damaged; the message has the line.</exception>
    public static IReadOnlyList<EpochResult> Deserialize(string csv, string where)
    {
        ArgumentNullException.ThrowIfNull(csv);
        string[] lines = csv.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (lines[0] != Header)
            throw Damaged(where, 1, $"the header should be '{Header}'");

        return [.. lines.Skip(1).Select((line, row) => Parse(line, where, row + 2))];
    }

    private static string Line(EpochResult epoch) =>
        string.Join(
            ',',
            CsvCell.Number(epoch.Epoch),
            CsvCell.Number(epoch.TrainLoss),
            CsvCell.Number(epoch.ValidationLoss),
            CsvCell.Number(epoch.LearningRate),
            CsvCell.Number(epoch.GradientNorm),
            CsvCell.Number(epoch.Seconds));

    private static EpochResult Parse(string line, string where, int lineNumber)
    {
        string[] cells = line.Split(',');
        if (cells.Length != 6)
            throw Damaged(where, lineNumber, $"{cells.Length} cells instead of 6");

        if (!int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch))
            throw Damaged(where, lineNumber, $"'{cells[0]}' is not an epoch");

        return new EpochResult(epoch, Number(1), Number(2), Number(3), Number(4), Number(5));

        double Number(int column)
        {
            if (cells[column].Length == 0)
                return double.NaN;

            return double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw Damaged(where, lineNumber, $"'{cells[column]}' is not a number");
        }
    }

    private static LstmTorchException Damaged(string where, int line, string what) =>
        new(ErrorKind.Damaged, $"{where}, line {line}: {what}; delete the file to start the history anew");
}
