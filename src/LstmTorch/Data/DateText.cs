namespace LstmTorch.Data;

/// <summary>What two dates share that are written in one form: everything but the order of day and month, and how wide the numbers are.</summary>
/// <param name="Separator">Between the numbers of the date; '\0' where there is none, as in 20240131T120000.</param>
/// <param name="Numbers">2 for months, 3 for days.</param>
/// <param name="YearFirst">Whether the year is the first number or the last.</param>
/// <param name="Joint">Between date and time of day, a blank or T; '\0' for a date alone.</param>
/// <param name="HasSeconds">Whether the time of day goes on to seconds.</param>
/// <param name="Meridiem">Between time and AM or PM, '\0' without them; a or A before which no blank stands, otherwise the blank.</param>
/// <param name="IsLowerCase">Whether am and pm are written small.</param>
/// <param name="Zone">'\0' for none, Z, U for UTC in letters, and for offsets ':' for +02:00, '4' for +0200, '2' for +02.</param>
internal readonly record struct DateShape(
    char Separator, int Numbers, bool YearFirst, char Joint, bool HasSeconds, char Meridiem, bool IsLowerCase, char Zone);

/// <summary>One date as it is written, taken apart: numbers between separators, a time of day, an offset.</summary>
internal ref struct DateText
{
    private const char NoZone = '?';

    private ReadOnlySpan<byte> _rest;

    /// <summary>What it shares with other dates of its column.</summary>
    public DateShape Shape { get; private set; }

    /// <summary>The first number.</summary>
    public int First { get; private set; }

    /// <summary>The second number.</summary>
    public int Second { get; private set; }

    /// <summary>The third number; 1 where there are two.</summary>
    public int Third { get; private set; }

    /// <summary>Ticks since midnight.</summary>
    public long TimeOfDay { get; private set; }

    /// <summary>Minutes before UTC, positive in the east.</summary>
    public short Offset { get; private set; }

    /// <summary>How many digits the seconds' fraction has.</summary>
    public int FractionDigits { get; private set; }

    /// <summary>True if day or month has one digit.</summary>
    public bool HasNarrowDate { get; private set; }

    /// <summary>True if the hour has one digit.</summary>
    public bool HasNarrowHour { get; private set; }

    /// <summary>Takes a field apart; whether its numbers are a day of the calendar is not asked.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, out DateText date)
    {
        date = default;
        date._rest = field.Trim((byte)' ');
        return date.ReadDate() && (date._rest.IsEmpty || date.ReadTime());
    }

    private bool ReadDate()
    {
        ReadOnlySpan<byte> start = _rest;
        Third = 1;
        int first = Digits(), length = start.Length - _rest.Length;
        First = first;
        if (length == 8 && Take('T', out _))
        {
            // ISO 8601 in its short form: 20240131T120000.
            (First, Second, Third) = (first / 10000, first / 100 % 100, first % 100);
            Shape = new DateShape('\0', 3, true, 'T', true, '\0', false, '\0');
            return true;
        }

        if (length is not (1 or 2 or 4) || !TakeAny("-/.", out char separator))
            return false;
        ReadOnlySpan<byte> second = _rest;
        Second = Digits();
        int secondLength = second.Length - _rest.Length, thirdLength = 0;
        if (Take(separator, out _))
        {
            ReadOnlySpan<byte> third = _rest;
            Third = Digits();
            thirdLength = third.Length - _rest.Length;
        }
        else if (separator == '.')
        {
            return false;
        }

        bool hasDay = thirdLength > 0, yearFirst = length == 4;
        bool fits = yearFirst
            ? secondLength is 1 or 2 && (hasDay ? thirdLength <= 2 : _rest.IsEmpty)
            : hasDay ? secondLength is 1 or 2 && thirdLength == 4 : secondLength == 4 && _rest.IsEmpty;
        HasNarrowDate = (yearFirst ? secondLength : length) == 1 || (hasDay && (yearFirst ? thirdLength : secondLength) == 1);
        Shape = new DateShape(separator, hasDay ? 3 : 2, yearFirst, '\0', false, '\0', false, '\0');
        return fits;
    }

    private bool ReadTime()
    {
        char joint = 'T';
        bool isShort = Shape.Separator == '\0';
        if (!isShort && !TakeAny("T ", out joint))
            return false;
        ReadOnlySpan<byte> start = _rest;
        int hour = Digits(), length = start.Length - _rest.Length, minute, second = 0;
        bool hasSeconds = isShort;
        if (isShort)
        {
            (hour, minute, second) = (hour / 10000, hour / 100 % 100, hour % 100);
            if (length != 6)
                return false;
        }
        else
        {
            if (length is not (1 or 2) || !Take(':', out _) || !TwoDigits(out minute))
                return false;
            hasSeconds = Take(':', out _);
            if (hasSeconds && !TwoDigits(out second))
                return false;
            HasNarrowHour = length == 1;
        }

        long fraction = hasSeconds && Take('.', out _) ? ReadFraction() : 0;
        bool hasHalf = ReadMeridiem(ref hour, out char meridiem, out bool isLowerCase);
        char zone = ReadZone();
        Shape = Shape with { Joint = joint, HasSeconds = hasSeconds, Meridiem = meridiem, IsLowerCase = isLowerCase, Zone = zone };
        TimeOfDay = (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
        return _rest.IsEmpty && hasHalf && zone != NoZone && hour < 24 && minute < 60 && second < 60;
    }

    /// <summary>The fraction of a second in ticks; digits beyond are dropped.</summary>
    private long ReadFraction()
    {
        const int tickDigits = 7;
        long ticks = 0;
        for (; _rest.Length > 0 && char.IsAsciiDigit((char)_rest[0]); _rest = _rest[1..])
        {
            if (FractionDigits++ < tickDigits)
                ticks = (ticks * 10) + _rest[0] - '0';
        }

        for (int digit = FractionDigits; digit < tickDigits; digit++)
            ticks *= 10;
        return ticks;
    }

    /// <summary>AM or PM, with or without a blank before it; false if the hour is none of a half day.</summary>
    private bool ReadMeridiem(ref int hour, out char meridiem, out bool isLowerCase)
    {
        (meridiem, isLowerCase) = ('\0', false);
        ReadOnlySpan<byte> word = _rest.TrimStart((byte)' ');
        if (word.Length != 2 || (word[0] | 0x20) is not ('a' or 'p') || (word[1] | 0x20) != 'm')
            return true;
        (meridiem, isLowerCase) = (_rest.Length > 2 ? ' ' : 'A', word[0] >= 'a');
        bool isAfternoon = (word[0] | 0x20) == 'p', isHalf = hour is >= 1 and <= 12;
        hour = (hour % 12) + (isAfternoon ? 12 : 0);
        _rest = [];
        return isHalf;
    }

    private char ReadZone()
    {
        if (_rest.SequenceEqual(" UTC"u8))
        {
            _rest = [];
            return 'U';
        }

        if (Take('Z', out _))
            return 'Z';
        if (!TakeAny("+-", out char sign))
            return '\0';
        int minutes = 0;
        bool isOffset = TwoDigits(out int hours);
        char zone = _rest.IsEmpty ? '2' : Take(':', out _) ? ':' : '4';
        if (!isOffset || (zone != '2' && !TwoDigits(out minutes)))
            return NoZone;
        Offset = (short)((sign == '-' ? -1 : 1) * ((hours * 60) + minutes));
        return zone;
    }

    private int Digits()
    {
        const int most = 8;
        int number = 0, length = 0;
        while (length < most && length < _rest.Length && char.IsAsciiDigit((char)_rest[length]))
            number = (number * 10) + _rest[length++] - '0';
        _rest = _rest[length..];
        return number;
    }

    private bool TwoDigits(out int number)
    {
        number = 0;
        if (_rest.Length < 2 || !char.IsAsciiDigit((char)_rest[0]) || !char.IsAsciiDigit((char)_rest[1]))
            return false;
        number = (10 * (_rest[0] - '0')) + _rest[1] - '0';
        _rest = _rest[2..];
        return true;
    }

    private bool Take(char wanted, out char found) => TakeAny([wanted], out found);

    private bool TakeAny(scoped ReadOnlySpan<char> wanted, out char found)
    {
        found = _rest.IsEmpty ? '\0' : (char)_rest[0];
        if (found == '\0' || !wanted.Contains(found))
            return false;
        _rest = _rest[1..];
        return true;
    }
}
