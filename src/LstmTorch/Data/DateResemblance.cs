using System.Globalization;
using System.Text;

namespace LstmTorch.Data;

/// <summary>Whether a text is most likely a date that is not read: rows whose dates are passed over could be in any order.</summary>
internal static class DateResemblance
{
    private const int Longest = 40;

    private static readonly string[] s_months =
    [
        .. CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames.Concat(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames)
            .Where(name => name.Length > 0).Append("Sept"),
    ];

    /// <summary>True for Jan-10, 1 March 2024, 1950-Q1, 2000-W01, 1/31/24, and for a date with something behind it.</summary>
    public static bool Of(string text)
    {
        text = text.Trim();
        if (text.Length > Longest)
            return false;
        List<string> words = Words(text);
        string[] numbers = [.. words.Where(word => char.IsAsciiDigit(word[0]))], names = [.. words.Except(numbers)];
        if (numbers.Length == 0)
            return false;
        if (names.Any(name => s_months.Contains(name, StringComparer.OrdinalIgnoreCase)))
            return Array.TrueForAll(numbers, number => number.Length <= 4);
        if (names is ["Q" or "q" or "W" or "w"])
            return numbers.Length <= 3 && numbers.Any(number => number.Length == 4) && numbers.All(number => number.Length is 1 or 2 or 4);
        return BeginsWithDate(text) || IsShortDate(text.Split(' ')[0]);
    }

    /// <summary>A date with a time of day that is not read, or in a zone with a name.</summary>
    private static bool BeginsWithDate(string text)
    {
        int end = text.IndexOfAny([' ', 'T']);
        return DateText.TryRead(Encoding.UTF8.GetBytes(end < 0 ? text : text[..end]), out _);
    }

    /// <summary>A date with a year of two digits.</summary>
    private static bool IsShortDate(string text)
    {
        int separator = text.IndexOfAny(['/', '-', '.']);
        if (separator < 1)
            return false;

        // Version 1.2.3 is none.
        string[] parts = text.Split(text[separator]);
        return parts.Length == 3 && Array.TrueForAll(parts, part => part.All(char.IsAsciiDigit) && part.Length is 1 or 2) && parts[2].Length == 2
            && (text[separator] == '/' || Array.TrueForAll(parts, part => part.Length == 2));
    }

    /// <summary>The runs of digits and of letters.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (int start = 0, end; start < text.Length; start = Math.Max(end, start + 1))
        {
            Predicate<char> same = char.IsAsciiDigit(text[start]) ? char.IsAsciiDigit : char.IsLetter;
            for (end = start; end < text.Length && same(text[end]); end++)
            {
            }

            if (end > start)
                words.Add(text[start..end]);
        }

        return words;
    }
}
