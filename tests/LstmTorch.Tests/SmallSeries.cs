using System.Globalization;
using System.Text;

namespace LstmTorch.Tests;

/// <summary>A short daily series: a wave, a slope and a second column that runs ahead of the first.</summary>
internal static class SmallSeries
{
    public const int Rows = 60;

    public static string Csv(int rows = Rows, Action<double[], int>? change = null)
    {
        var text = new StringBuilder("date,level,ahead\n");
        for (int row = 0; row < rows; row++)
        {
            double[] values = [10 + (4 * Math.Sin(row * 0.4)) + (0.05 * row), 3 * Math.Sin((row + 1) * 0.4)];
            change?.Invoke(values, row);
            string date = new DateTime(2024, 1, 1).AddDays(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{date},{values[0]:R},{values[1]:R}\n");
        }

        return text.ToString();
    }

    public static string Write(TemporaryFolder folder, int rows = Rows, Action<double[], int>? change = null)
    {
        string file = folder.File("small.csv");
        File.WriteAllText(file, Csv(rows, change));
        return file;
    }

    /// <summary>Options of a run that takes a fraction of a second, with everything on that could disturb it: dropout, clipping, two layers.</summary>
    public static RunOptions Options(string data, string output) => new()
    {
        Data = data,
        Out = output,
        ContextLength = 4,
        HiddenSize = [5, 3],
        Epochs = 3,
        BatchSize = 8,
        ClipNorm = 1,
        LearningRate = 0.01,
    };
}
