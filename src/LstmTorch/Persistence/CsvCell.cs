using System.Globalization;

namespace LstmTorch.Persistence;

/// <summary>The cells of the CSV files of a run: RFC 4180 quoting, invariant culture.</summary>
internal static class CsvCell
{
    /// <summary>The shortest digits that read back as the same number; an empty cell for NaN.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The digits of a whole number.</summary>
    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Text, quoted where it must be.</summary>
    /// <remarks>
    /// A spreadsheet runs text that starts like a formula, so an apostrophe is put before it; what reads as a number
    /// stays as it is. Source: OWASP, "CSV Injection".
    /// </remarks>
    public static string Text(string value)
    {
        bool likeFormula = value.Length > 0 && "=+-@\t\r\n".Contains(value[0], StringComparison.Ordinal);
        if (likeFormula && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            value = "'" + value;

        bool mustQuote = value.AsSpan().ContainsAny("\",\r\n");
        return mustQuote ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
