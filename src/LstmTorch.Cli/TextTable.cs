using System.Globalization;

namespace LstmTorch.Cli;

/// <summary>A table as text: columns as wide as their widest cell, words to the left, numbers to the right.</summary>
/// <param name="headers">The columns' names.</param>
/// <param name="wordColumns">How many columns, from the left, hold words.</param>
internal sealed class TextTable(IReadOnlyList<string> headers, int wordColumns)
{
    /// <summary>Columns whose largest number is from <see cref="Large"/> on, or below <see cref="Small"/>, are written with an exponent.</summary>
    private const double Large = 1e9, Small = 1e-5;

    private const int SignificantDigits = 4;

    private readonly List<IReadOnlyList<object?>> _rows = [];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">Words, numbers (double), or null for a number that is not known.</param>
    public void Add(params IReadOnlyList<object?> cells) => _rows.Add(cells);

    /// <summary>Writes headers and rows.</summary>
    public void Write(TextWriter output)
    {
        string[][] columns = [.. headers.Select((header, index) => Column(header, index))];
        int[] widths = [.. columns.Select(column => column.Max(cell => cell.Length))];
        for (int row = 0; row <= _rows.Count; row++)
        {
            IEnumerable<string> cells = columns.Select((column, index) =>
                index < wordColumns ? column[row].PadRight(widths[index]) : column[row].PadLeft(widths[index]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private string[] Column(string header, int index)
    {
        string format = Format([.. _rows.Select(row => row[index]).OfType<double>().Where(double.IsFinite).Select(Math.Abs).Where(size => size > 0)]);
        return [header, .. _rows.Select(row => row[index] switch
        {
            double number => number.ToString(format, CultureInfo.InvariantCulture),
            string word => word,
            _ => "-",
        })];
    }

    /// <summary>One number of decimals for a column, so that its points stand below each other.</summary>
    private static string Format(IReadOnlyCollection<double> sizes)
    {
        if (sizes.Count == 0)
            return "F0";
        if (sizes.Max() is >= Large or < Small)
            return $"G{SignificantDigits}";

        // Enough for the smallest number, but not more digits of the largest than anyone reads.
        int decimals = Math.Min(Decimals(sizes.Min(), SignificantDigits), Decimals(sizes.Max(), SignificantDigits + 1));
        return string.Create(CultureInfo.InvariantCulture, $"F{Math.Max(0, decimals)}");
    }

    private static int Decimals(double size, int digits) => digits - 1 - (int)Math.Floor(Math.Log10(size));
}
