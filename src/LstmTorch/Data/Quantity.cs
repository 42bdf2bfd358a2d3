using System.Globalization;

namespace LstmTorch.Data;

/// <summary>A number with its noun, as a message says it.</summary>
internal static class Quantity
{
    /// <summary>1 row, 2 rows.</summary>
    public static string Of(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? string.Empty : "s")}");
}
