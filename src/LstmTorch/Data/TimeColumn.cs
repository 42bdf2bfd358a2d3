using System.Text;

namespace LstmTorch.Data;

/// <summary>
/// A column of dates while it is read: all in the form of the first. Where day and month may be either, the first row decides
/// that can be read in one way only.
/// </summary>
internal sealed class TimeColumn
{
    private const int ShownLength = 40;

    private readonly List<long> _local = [];
    private readonly DateShape _shape;
    private List<short>? _offsets;
    private bool _monthFirst, _isDecided, _hasNarrowDate, _hasNarrowHour;
    private int _leastFraction = int.MaxValue, _mostFraction;

    private TimeColumn(string name, DateShape shape)
    {
        Name = name;
        _shape = shape;

        // With points the day comes first everywhere.
        _isDecided = shape.YearFirst || shape.Numbers == 2 || shape.Separator == '.';
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>True if no row told whether day or month comes first.</summary>
    public bool IsAmbiguous => !_isDecided;

    /// <summary>True if day, month and year are parted by points, as where the decimal separator is a comma.</summary>
    public bool HasPoints => _shape.Separator == '.';

    /// <summary>The first field that is no date of the form; the column can then not order the rows.</summary>
    public Place? FirstOther { get; private set; }

    /// <summary>How the column writes its dates, as far as it was read.</summary>
    public DateForm Form
    {
        get
        {
            (string month, string day, string hour) = (_hasNarrowDate ? "M" : "MM", _hasNarrowDate ? "d" : "dd", _hasNarrowHour ? "H" : "HH");
            string[] numbers = (_shape.Numbers, _shape.YearFirst) switch
            {
                (2, true) => ["yyyy", month],
                (2, false) => [month, "yyyy"],
                (_, true) => ["yyyy", month, day],
                _ => _monthFirst ? [month, day, "yyyy"] : [day, month, "yyyy"],
            };
            bool isShort = _shape.Separator == '\0';
            string date = string.Join(isShort ? string.Empty : _shape.Separator.ToString(), numbers);
            if (_shape.Joint == '\0')
                return new DateForm(date);

            string seconds = _shape.HasSeconds ? isShort ? "ss" : ":ss" : string.Empty;
            string fraction = _mostFraction == 0 ? string.Empty : $".{new string(_leastFraction == _mostFraction ? 'f' : 'F', Math.Min(_mostFraction, 7))}";
            string half = _shape.Meridiem switch { '\0' => string.Empty, ' ' => " tt", _ => "tt" };
            if (half.Length > 0)
                hour = _hasNarrowHour ? "h" : "hh";
            string joint = _shape.Joint == 'T' ? "'T'" : " ";
            return new DateForm($"{date}{joint}{hour}{(isShort ? string.Empty : ":")}mm{seconds}{fraction}{half}") { Zone = _shape.Zone, IsLowerCase = _shape.IsLowerCase };
        }
    }

    /// <summary>The moments read so far, in ticks; of dates with an offset, in UTC.</summary>
    public long[] Moments
    {
        get
        {
            long[] moments = [.. _local];
            for (int row = 0; row < moments.Length && _offsets is not null; row++)
                moments[row] -= _offsets[row] * TimeSpan.TicksPerMinute;
            return moments;
        }
    }

    /// <summary>The minutes that each row lies before UTC; null where the dates have no offsets.</summary>
    public short[]? Offsets => _offsets is null ? null : [.. _offsets];

    /// <summary>A time column, if its first field is a date; otherwise null.</summary>
    public static TimeColumn? TryStart(string name, ReadOnlySpan<byte> firstField)
    {
        if (!DateText.TryRead(firstField, out DateText first))
            return null;
        var column = new TimeColumn(name, first.Shape);
        return column.TicksOf(first) is null ? null : column;
    }

    /// <summary>Takes the next row's field.</summary>
    public void Add(ReadOnlySpan<byte> field, long line)
    {
        long? ticks = DateText.TryRead(field, out DateText date) && date.Shape == _shape ? TicksOf(date) : null;
        if (ticks is null)
            FirstOther ??= new Place(line, Encoding.UTF8.GetString(field.Length > ShownLength ? field[..ShownLength] : field));
        _local.Add(ticks ?? 0);
        if (_shape.Zone is ':' or '4' or '2')
            (_offsets ??= []).Add(date.Offset);
        _hasNarrowDate |= date.HasNarrowDate;
        _hasNarrowHour |= date.HasNarrowHour;
        _leastFraction = Math.Min(_leastFraction, date.FractionDigits);
        _mostFraction = Math.Max(_mostFraction, date.FractionDigits);
    }

    private long? TicksOf(in DateText date)
    {
        if (!_isDecided && Math.Max(date.First, date.Second) > 12)
            Decide(monthFirst: date.Second > 12);
        (int year, int month, int day) = (_shape.Numbers, _shape.YearFirst) switch
        {
            (2, false) => (date.Second, date.First, 1),
            (_, true) => (date.First, date.Second, date.Third),
            _ => _monthFirst ? (date.Third, date.First, date.Second) : (date.Third, date.Second, date.First),
        };
        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateTime(year, month, day).Ticks + date.TimeOfDay
            : null;
    }

    /// <summary>Says which of both comes first, after no row did; the rows are read again, in which day and month change places.</summary>
    public void Decide(bool monthFirst)
    {
        bool change = _monthFirst != monthFirst;
        (_isDecided, _monthFirst) = (true, monthFirst);
        for (int row = 0; row < _local.Count && change; row++)
        {
            var read = new DateTime(_local[row]);
            _local[row] = new DateTime(read.Year, read.Day, read.Month).Ticks + read.TimeOfDay.Ticks;
        }
    }
}
