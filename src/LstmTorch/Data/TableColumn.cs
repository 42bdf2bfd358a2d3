using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LstmTorch.Data;

/// <summary>Where something stands in a file: the line, and the text that is there.</summary>
/// <param name="Line">The line, from 1, the header's included; of a file that is no text, the row.</param>
/// <param name="Text">The field as it is written.</param>
internal readonly record struct Place(long Line, string Text);

/// <summary>One column while it is read: numbers as long as it holds numbers, and the first of everything that is not one.</summary>
/// <param name="name">The column's name.</param>
/// <param name="number">The column's number, from 1.</param>
internal sealed class TableColumn(string name, int number)
{
    /// <summary>A longer field is shown shortened in messages.</summary>
    private const int ShownLength = 40;

    private static readonly string[] s_missing = ["na", "n/a", "nan", "null", "none", "?", "-", "missing", "#n/a"];
    private static readonly string[] s_infinite = ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "-∞"];

    private readonly List<double> _values = [];
    private readonly CategoryTexts _texts = new();
    private Place? _firstUnclearPoint;
    private bool _hasClearPoint;

    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>The column's number, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The values read so far; NaN where there is no number.</summary>
    public ReadOnlySpan<double> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>The column as dates, if it begins with one; otherwise null.</summary>
    public TimeColumn? Dates { get; private set; }

    /// <summary>The first field that is neither a number nor missing.</summary>
    public Place? FirstText { get; private set; }

    /// <summary>The first missing value.</summary>
    public Place? FirstMissing { get; private set; }

    /// <summary>The first infinite value.</summary>
    public Place? FirstInfinite { get; private set; }

    /// <summary>The first number in a form that is not read; the first that can be understood in one way only, if there is one.</summary>
    public Place? FirstOddNumber { get; private set; }

    /// <summary>The first number such as 1.502, where each fraction of the column has three digits: the point may group thousands. Otherwise null.</summary>
    public Place? FirstUnclearPoint => _hasClearPoint ? null : _firstUnclearPoint;

    /// <summary>How many fields are text.</summary>
    public int TextCount { get; private set; }

    /// <summary>How many values are missing.</summary>
    public int MissingCount { get; private set; }

    /// <summary>How many fields are numbers in a form that is not read; they count as text too.</summary>
    public int OddNumberCount { get; private set; }

    /// <summary>True if one of its numbers in other forms has a decimal comma.</summary>
    public bool HasDecimalCommas => FirstOddNumber is { } odd && odd.Text.Count(',') == 1 && !odd.Text.Contains('.', StringComparison.Ordinal);

    /// <summary>How many fields are numbers.</summary>
    public int NumberCount => _values.Count - TextCount - MissingCount;

    /// <summary>True if every field is a finite number.</summary>
    public bool IsComplete => NumberCount == _values.Count && FirstInfinite is null;

    /// <summary>True if its numbers have no fractions.</summary>
    public bool AreWhole => !_values.Exists(value => value != Math.Floor(value));

    /// <summary>What a row says if the column holds names: its text, or its number; null where the field is empty or a word for nothing.</summary>
    public string? CategoryAt(int row) => _texts.At(row) ?? (double.IsNaN(_values[row]) ? null : _values[row].ToString(CultureInfo.InvariantCulture));

    /// <summary>A text as messages show it.</summary>
    public static string Shorten(string text) => text.Length > ShownLength ? text[..ShownLength] + "…" : text;

    /// <summary>Takes the next row's number; NaN is a missing one.</summary>
    /// <param name="value">The number.</param>
    /// <param name="line">Its row.</param>
    public void Add(double value, long line)
    {
        _values.Add(value);
        if (double.IsNaN(value))
        {
            MissingCount++;
            FirstMissing ??= new Place(line, string.Empty);
        }
        else if (double.IsInfinity(value))
        {
            FirstInfinite ??= new Place(line, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Takes for the next row the name that another row has.</summary>
    /// <param name="row">The other row.</param>
    public void AddNameOf(int row)
    {
        if (_texts.At(row) is { } text)
        {
            _texts.Add(_values.Count, text);
            TextCount++;
        }

        _values.Add(_values[row]);
    }

    /// <summary>Takes the next row's field.</summary>
    /// <param name="field">The field, UTF-8, without quotes.</param>
    /// <param name="line">Its line.</param>
    public void Add(ReadOnlySpan<byte> field, long line)
    {
        if (_values.Count == 0)
            Dates = TimeColumn.TryStart(Name, field);
        Dates?.Add(field, line);
        field = field.Trim(" \t"u8);
        bool mayBeNumber = field.Length > 0 && (char.IsAsciiDigit((char)field[^1]) || field[^1] == '.');
        if (mayBeNumber && double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            if (double.IsInfinity(value))
                FirstInfinite ??= At(field, line);
            _values.Add(value);
            if (!_hasClearPoint)
                CheckPoint(field, line);
            return;
        }

        _values.Add(double.NaN);
        if (field.IsEmpty || IsOneOf(s_missing, field))
        {
            MissingCount++;
            FirstMissing ??= At(field, line);
        }
        else if (IsOneOf(s_infinite, field))
        {
            _values[^1] = double.PositiveInfinity;
            FirstInfinite ??= At(field, line);
        }
        else
        {
            AddText(field, line);
        }
    }

    private void CheckPoint(ReadOnlySpan<byte> number, long line)
    {
        int point = number.IndexOf((byte)'.');
        if (point < 0)
            return;
        ReadOnlySpan<byte> whole = number[..point].TrimStart("+-"u8), fraction = number[(point + 1)..];
        bool isUnclear = whole.Length is >= 1 and <= 3 && whole[0] != '0' && fraction.Length == 3 && fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        if (isUnclear)
            _firstUnclearPoint ??= At(number, line);
        _hasClearPoint = !isUnclear;
    }

    private void AddText(ReadOnlySpan<byte> field, long line)
    {
        Place place = At(field, line);
        _texts.Add(_values.Count - 1, Encoding.UTF8.GetString(field));
        TextCount++;
        FirstText ??= place;
        if (OddNumber.Of(place.Text) is null)
            return;
        OddNumberCount++;
        if (FirstOddNumber is not { } first || (OddNumber.IsUnclear(first.Text) && !OddNumber.IsUnclear(place.Text)))
            FirstOddNumber = place;
    }

    private static bool IsOneOf(string[] words, ReadOnlySpan<byte> field)
    {
        const int longest = 12;
        if (field.Length > longest)
            return false;
        string text = Encoding.UTF8.GetString(field);
        return words.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    private static Place At(ReadOnlySpan<byte> field, long line) =>
        new(line, Shorten(Encoding.UTF8.GetString(field.Length > 4 * ShownLength ? field[..(4 * ShownLength)] : field)));
}
