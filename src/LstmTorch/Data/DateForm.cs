using System.Globalization;

namespace LstmTorch.Data;

/// <summary>How a column writes its moments, so that a forecast's are written alike and can be joined to them.</summary>
/// <param name="Pattern">The format of <see cref="DateTime"/>; null for a number of units since 1970.</param>
/// <param name="Unit">The ticks of such a unit.</param>
internal sealed record DateForm(string? Pattern, long Unit = 0)
{
    /// <summary>How <see cref="DateShape.Zone"/> says in which time zone a moment is.</summary>
    public char Zone { get; init; }

    /// <summary>Whether am and pm are written small.</summary>
    public bool IsLowerCase { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public static DateForm Seconds { get; } = new(null, TimeSpan.TicksPerSecond);

    /// <summary>Milliseconds since 1970.</summary>
    public static DateForm Milliseconds { get; } = new(null, TimeSpan.TicksPerMillisecond);

    /// <summary>20240131.</summary>
    public static DateForm CompactDays { get; } = new("yyyyMMdd");

    /// <summary>202401.</summary>
    public static DateForm CompactMonths { get; } = new("yyyyMM");

    /// <summary>The moment as the column writes it.</summary>
    /// <param name="ticks">In UTC where the column has offsets, otherwise as it stands.</param>
    /// <param name="offset">The minutes that local time lies before UTC.</param>
    public string Format(long ticks, int offset = 0)
    {
        if (Pattern is null)
            return ((ticks - DateTime.UnixEpoch.Ticks) / Unit).ToString(CultureInfo.InvariantCulture);

        var local = new DateTime(ticks + (offset * TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        string text = local.ToString(Pattern, CultureInfo.InvariantCulture);
        return (IsLowerCase ? text.ToLowerInvariant() : text) + Suffix(offset);
    }

    private string Suffix(int offset)
    {
        char sign = offset < 0 ? '-' : '+';
        (int hours, int minutes) = Math.DivRem(Math.Abs(offset), 60);
        return Zone switch
        {
            'Z' => "Z",
            'U' => " UTC",
            ':' => string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:00}:{minutes:00}"),
            '4' => string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:00}{minutes:00}"),
            '2' => string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:00}"),
            _ => string.Empty,
        };
    }

    /// <summary>The ticks of a number that the column holds.</summary>
    public long TicksOf(double number) =>
        Pattern is null ? DateTime.UnixEpoch.Ticks + ((long)number * Unit)
        : this == CompactMonths ? new DateTime((int)number / 100, (int)number % 100, 1).Ticks
        : OfCompactDay((long)number)!.Value.Ticks;

    /// <summary>The day that 20240131 stands for; null if there is none.</summary>
    public static DateTime? OfCompactDay(long number)
    {
        int year = (int)(number / 10000), month = (int)(number / 100 % 100), day = (int)(number % 100);
        return year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateTime(year, month, day)
            : null;
    }
}
