using System.Globalization;

namespace LstmTorch.Data;

/// <summary>A number as reports and spreadsheets write it, which is not read because it can be misread.</summary>
/// <param name="What">What it has that a plain number has not, such as "a percent sign".</param>
/// <param name="Write">How to write it so that it is read.</param>
internal sealed record OddNumber(string What, string Write)
{
    private const int Longest = 40, LongestUnit = 8;

    /// <summary>Recognizes one.</summary>
    /// <param name="text">A field that is no plain number, without blanks around it.</param>
    /// <returns>Null if it is not a number in another form either.</returns>
    public static OddNumber? Of(ReadOnlySpan<char> text)
    {
        if (text is ['−', .. var below])
            return Plain(below) is { } amountBelow ? new OddNumber("a minus sign of its own kind", $"-{amountBelow}") : null;
        if (text.Length > Longest || text.IndexOfAnyInRange('0', '9') < 0)
            return null;
        if (text is ['(', .. var inner, ')'])
            return Plain(inner.Trim()) is { } amount ? new OddNumber("parentheses, as bookkeepers write what is below 0", $"-{amount}") : null;

        bool negative = text[0] == '-';
        text = text.TrimStart("+-").TrimStart();
        string sign = negative ? "-" : string.Empty;
        if (text.Length > 0 && IsCurrency(text[0]))
            return Plain(text[1..].TrimStart()) is { } price ? new OddNumber("a currency sign", sign + price) : null;

        int end = text.LastIndexOfAnyInRange('0', '9') + 1;
        ReadOnlySpan<char> number = text[..end], unit = text[end..].TrimStart();
        if (Plain(number) is not { } plain)
            return null;
        if (unit.IsEmpty)
            return plain == number ? null : new OddNumber(Separator(number), sign + plain);
        if (unit is ['%'])
            return new OddNumber("a percent sign", sign + plain);
        if (unit.Length == 1 && IsCurrency(unit[0]))
            return new OddNumber("a currency sign", sign + plain);
        return IsUnit(unit) ? new OddNumber($"a unit, {unit}", sign + plain) : null;
    }

    /// <summary>True for 1,502: thousands to one reader and a fraction to another.</summary>
    public static bool IsUnclear(ReadOnlySpan<char> number)
    {
        number = number.TrimStart("+-");
        int comma = number.IndexOf(',');
        return comma is >= 1 and <= 3 && number[0] != '0' && number.Length == comma + 4 && IsDigits(number[..comma]) && IsDigits(number[(comma + 1)..]);
    }

    private static string Separator(ReadOnlySpan<char> number)
    {
        int comma = number.IndexOf(',');
        return comma >= 0 && IsDigits(number[..comma]) && IsDigits(number[(comma + 1)..]) ? "a decimal comma" : "thousands separators";
    }

    /// <summary>The number with a decimal point and nothing else; null if it is none. An unclear comma is taken as the decimal one.</summary>
    private static string? Plain(ReadOnlySpan<char> number)
    {
        if (number.IsEmpty || !char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1]))
            return null;

        // The last separator is the decimal one, unless it stands more than once, or is one that never is.
        int last = number.LastIndexOfAny(',', '.');
        int point = last >= 0 && number.Count(number[last]) == 1 ? last : -1;
        ReadOnlySpan<char> whole = point < 0 ? number : number[..point], fraction = point < 0 ? [] : number[(point + 1)..];
        if (!IsDigits(fraction) || !AreGroups(whole))
            return null;
        string digits = string.Concat(whole.ToString().Where(char.IsAsciiDigit));
        return fraction.IsEmpty ? digits : $"{digits}.{fraction}";
    }

    /// <summary>Digits, or groups of three (in India of two) behind one separator.</summary>
    private static bool AreGroups(ReadOnlySpan<char> whole)
    {
        int first = whole.IndexOfAnyExceptInRange('0', '9');
        if (first < 0)
            return true;
        char separator = whole[first];
        if (separator is not (',' or '.' or '\'' or '’' or '_') && !char.IsWhiteSpace(separator))
            return false;

        int since = first;
        foreach (char character in whole[first..])
        {
            if (character == separator)
                since = 0;
            else if (!char.IsAsciiDigit(character) || ++since > 3)
                return false;
        }

        return first <= 3 && since == 3;
    }

    private static bool IsUnit(ReadOnlySpan<char> text)
    {
        if (text.Length > LongestUnit)
            return false;
        foreach (char character in text)
        {
            if (!char.IsLetter(character) && character is not ('°' or '/' or '%' or '²' or '³'))
                return false;
        }

        return true;
    }

    private static bool IsCurrency(char character) => char.GetUnicodeCategory(character) == UnicodeCategory.CurrencySymbol;

    private static bool IsDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
