namespace LstmTorch.Data;

/// <summary>The usual distance of two rows: whole months, or a fixed length.</summary>
/// <param name="Months">Months, or 0 for a fixed length.</param>
/// <param name="Length">Ticks for dates, a difference for numbers; unused with months.</param>
/// <param name="Irregular">How many rows follow at another distance.</param>
/// <param name="IsDate">True for dates.</param>
/// <param name="IsBusiness">True for days of which Saturdays and Sundays are left out.</param>
internal readonly record struct TimeStep(int Months, long Length, int Irregular, bool IsDate, bool IsBusiness = false)
{
    /// <summary>Of two weeks without a weekend it can be said that there is none.</summary>
    private const int FewestBusinessDays = 10;

    private static readonly (long Ticks, string One, string Many, int Seasonality)[] s_units =
    [
        (7 * TimeSpan.TicksPerDay, "1 week", "weeks", 52),
        (TimeSpan.TicksPerDay, "1 day", "days", 7),
        (TimeSpan.TicksPerHour, "1 hour", "hours", 24),
        (TimeSpan.TicksPerMinute, "1 minute", "minutes", 60 * 24),
        (TimeSpan.TicksPerSecond, "1 second", "seconds", 1),
    ];

    /// <summary>In words.</summary>
    public string Description
    {
        get
        {
            if (!IsDate)
                return Length == 1 ? "1 step" : $"{Length} steps";
            if (Months > 0)
                return Months switch { 12 => "1 year", 3 => "1 quarter", 1 => "1 month", _ => $"{Months} months" };
            if (IsBusiness)
                return "1 business day";
            long length = Length;
            var unit = s_units.FirstOrDefault(unit => length > 0 && length % unit.Ticks == 0, s_units[^1]);
            return length == unit.Ticks ? unit.One : $"{length / unit.Ticks} {unit.Many}";
        }
    }

    /// <summary>Steps of a year for months, of a year for weeks, of a week for days and business days, of a day for less; 1 where none fits.</summary>
    public int Seasonality
    {
        get
        {
            if (Months > 0)
                return 12 % Months == 0 ? 12 / Months : 1;
            if (IsBusiness)
                return 5;
            if (Length == 7 * TimeSpan.TicksPerDay)
                return 52;
            if (Length == TimeSpan.TicksPerDay)
                return 7;
            return Length is >= TimeSpan.TicksPerMinute and < TimeSpan.TicksPerDay && TimeSpan.TicksPerDay % Length == 0
                ? (int)(TimeSpan.TicksPerDay / Length)
                : 1;
        }
    }

    /// <summary>Whether two rows lie closer than so many days; a month is 30 of them.</summary>
    public bool IsShorterThan(int days) => Months > 0 ? Months * 30 < days && Months < 12 : Length < days * TimeSpan.TicksPerDay;

    /// <summary>The most frequent difference of neighbours.</summary>
    public static TimeStep OfNumbers(long[] numbers)
    {
        var (length, irregular) = Mode(numbers);
        return new TimeStep(0, length, irregular, false);
    }

    /// <summary>Months where all dates fall on one day of the month, or on its end; otherwise the most frequent difference.</summary>
    public static TimeStep OfDates(long[] ticks)
    {
        if (ticks.Length > 1 && MonthNumbers(ticks) is { } months)
        {
            var (step, irregularMonths) = Mode(months);
            return new TimeStep((int)step, 0, irregularMonths, true);
        }

        var (length, irregular) = Mode(ticks);
        if (length == TimeSpan.TicksPerDay && ticks.Length >= FewestBusinessDays && !ticks.Any(IsWeekend))
            return new TimeStep(0, length, ticks.Zip(ticks.Skip(1)).Count(pair => AfterBusinessDays(pair.First, 1) != pair.Second), true, IsBusiness: true);
        return new TimeStep(0, ticks.Length > 1 ? length : TimeSpan.TicksPerDay, irregular, true);
    }

    /// <summary>The moment so many steps after another.</summary>
    public long After(long moment, int steps) => Months > 0 ? AddMonths(new DateTime(moment), steps * Months).Ticks
        : IsBusiness ? AfterBusinessDays(moment, steps)
        : moment + (Length * steps);

    /// <summary>How many steps lead from one moment to a later one; null where none of them meets it.</summary>
    public int? StepsBetween(long moment, long later)
    {
        long steps = Months > 0 ? MonthsBetween(moment, later) / Months
            : IsBusiness ? BusinessDaysBetween(moment, later)
            : (later - moment) / Length;
        return steps is > 0 and <= int.MaxValue && After(moment, (int)steps) == later ? (int)steps : null;
    }

    private static long MonthsBetween(long moment, long later)
    {
        DateTime from = new(moment), to = new(later);
        return ((to.Year - from.Year) * 12L) + to.Month - from.Month;
    }

    /// <summary>Five in every whole week, and the rest one by one.</summary>
    private static long BusinessDaysBetween(long moment, long later)
    {
        long weeks = (later - moment) / (7 * TimeSpan.TicksPerDay), days = 5 * weeks;
        for (long day = moment + (7 * weeks * TimeSpan.TicksPerDay); day < later; day += TimeSpan.TicksPerDay)
            days += IsWeekend(day + TimeSpan.TicksPerDay) ? 0 : 1;
        return days;
    }

    private static bool IsWeekend(long ticks) => new DateTime(ticks).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static long AfterBusinessDays(long moment, int steps)
    {
        const int week = 5;
        long later = moment + (steps / week * 7 * TimeSpan.TicksPerDay);
        for (int left = steps % week; left > 0; left--)
        {
            do
                later += TimeSpan.TicksPerDay;
            while (IsWeekend(later));
        }

        return later;
    }

    private static DateTime AddMonths(DateTime date, int months)
    {
        bool isEnd = date.Day == DateTime.DaysInMonth(date.Year, date.Month);
        DateTime later = date.AddMonths(months);
        return isEnd ? later.AddDays(DateTime.DaysInMonth(later.Year, later.Month) - later.Day) : later;
    }

    private static long[]? MonthNumbers(long[] ticks)
    {
        var first = new DateTime(ticks[0]);
        bool ofOneDay = true, ofEnds = true;
        long[] months = new long[ticks.Length];
        for (int row = 0; row < ticks.Length; row++)
        {
            var date = new DateTime(ticks[row]);
            ofOneDay &= date.Day == first.Day && date.TimeOfDay == first.TimeOfDay;
            ofEnds &= date.Day == DateTime.DaysInMonth(date.Year, date.Month) && date.TimeOfDay == first.TimeOfDay;
            if (!ofOneDay && !ofEnds)
                return null;
            months[row] = (date.Year * 12L) + date.Month;
        }

        return months;
    }

    private static (long Step, int Irregular) Mode(long[] values)
    {
        if (values.Length < 2)
            return (1, 0);

        var counts = new Dictionary<long, int>();
        for (int row = 1; row < values.Length; row++)
        {
            long difference = values[row] - values[row - 1];
            counts[difference] = counts.GetValueOrDefault(difference) + 1;
        }

        var (step, count) = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).First();
        return (step, values.Length - 1 - count);
    }
}
