using System.Globalization;
using ScottPlot.TickGenerators;

namespace LstmTorch.Reporting;

/// <summary>Tick marks of an axis that shows the decimal logarithm of its values, labelled with the values.</summary>
internal static class LogTicks
{
    /// <summary>True if a range is easier read on a logarithmic axis: if it spans more than a decade.</summary>
    public static bool Suit(double smallest, double largest) => smallest > 0 && largest / smallest > 10;

    /// <summary>Ticks at 1, 2 and 5 times powers of ten; from three decades on at the powers alone.</summary>
    /// <param name="smallest">The smallest value drawn, above 0.</param>
    /// <param name="largest">The largest value drawn.</param>
    public static NumericManual Of(double smallest, double largest)
    {
        var ticks = new NumericManual();
        foreach ((double position, string? label) in Choose(smallest, largest))
        {
            if (label is null)
                ticks.AddMinor(position);
            else
                ticks.AddMajor(position, label);
        }

        return ticks;
    }

    /// <summary>The logarithms of the ticks and their labels, null for the small ones between.</summary>
    internal static IEnumerable<(double Position, string? Label)> Choose(double smallest, double largest)
    {
        int first = (int)Math.Floor(Math.Log10(smallest)), last = (int)Math.Ceiling(Math.Log10(largest));
        bool labelParts = last - first <= 3;
        int everyDecade = Math.Max(1, (last - first) / 8);
        for (int exponent = first; exponent <= last; exponent++)
        {
            for (int digit = 1; digit < 10; digit++)
            {
                bool labelled = digit == 1 ? (exponent - first) % everyDecade == 0 : labelParts && (digit is 2 or 5);
                yield return (exponent + Math.Log10(digit), labelled ? Label(digit, exponent) : null);
            }
        }
    }

    private static string Label(int digit, int exponent) => exponent is >= -4 and <= 4
        ? (digit * Math.Pow(10, exponent)).ToString("0.####", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{digit}e{exponent}");
}
