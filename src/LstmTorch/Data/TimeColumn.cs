using System.Globalization;
using System.Text;

namespace LstmTorch.Data;

/// <summary>A column of dates while it is read: all in the pattern of the first.</summary>
internal sealed class TimeColumn
{
    private const int LongestDate = 40;

    private static readonly string[] s_patterns =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy/MM/dd", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyyMMdd'T'HHmmss",
    ];

    private readonly List<long> _ticks = [];

    private TimeColumn(string name, int index, string pattern)
    {
        Name = name;
        Index = index;
        Pattern = pattern;
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>Its place in the row, from 0.</summary>
    public int Index { get; }

    /// <summary>The format of its dates.</summary>
    public string Pattern { get; }

    /// <summary>The dates read so far.</summary>
    public List<long> Ticks => _ticks;

    /// <summary>The first field that is no date of the pattern; the column can then not order the rows.</summary>
    public Place? FirstOther { get; private set; }

    /// <summary>A time column, if its first field is a date; otherwise null.</summary>
    public static TimeColumn? TryStart(string name, int index, ReadOnlySpan<byte> firstField)
    {
        string? pattern = Array.Find(s_patterns, TryPattern(firstField));
        return pattern is null ? null : new TimeColumn(name, index, pattern);
    }

    /// <summary>Takes the next row's field.</summary>
    public void Add(ReadOnlySpan<byte> field, long line)
    {
        bool isDate = TryParse(field, Pattern, out long ticks);
        _ticks.Add(ticks);
        if (!isDate)
            FirstOther ??= new Place(line, Encoding.UTF8.GetString(field.Length > LongestDate ? field[..LongestDate] : field));
    }

    private static Predicate<string> TryPattern(ReadOnlySpan<byte> field)
    {
        byte[] copy = field.Length > LongestDate ? [] : field.ToArray();
        return pattern => TryParse(copy, pattern, out _);
    }

    private static bool TryParse(ReadOnlySpan<byte> field, string pattern, out long ticks)
    {
        ticks = 0;
        Span<char> text = stackalloc char[LongestDate];
        if (field.Length > LongestDate || !Encoding.UTF8.TryGetChars(field, text, out int length))
            return false;

        // A date with an offset is moved to UTC, and written back as such; one without is taken as it stands.
        const DateTimeStyles styles = DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(text[..length], pattern, CultureInfo.InvariantCulture, styles, out DateTime date))
            return false;
        ticks = date.Ticks;
        return true;
    }
}
