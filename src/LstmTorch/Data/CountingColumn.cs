namespace LstmTorch.Data;

/// <summary>What a column of numbers counts, where it counts and does not measure.</summary>
internal enum CountingKind
{
    /// <summary>Nothing: it is a measurement.</summary>
    None,

    /// <summary>Steps: whole numbers at one distance, such as row numbers.</summary>
    Steps,

    /// <summary>Days as 20240131.</summary>
    CompactDays,

    /// <summary>Months as 202401.</summary>
    CompactMonths,

    /// <summary>Seconds since 1970.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,

    /// <summary>Years with fractions, as 1958.2027.</summary>
    DecimalYears,

    /// <summary>Whole numbers that name things, as the column's own name says.</summary>
    Identifiers,
}

/// <summary>Recognizes columns of numbers that count rows or time: they order the rows, and predicting them would be easy and worthless.</summary>
internal static class CountingColumn
{
    // Gaps are allowed, and a clock that is read now and then; a measurement does not rise by the same amount row after row.
    private const double UsualSteps = 0.9, UsualTicks = 0.5;

    // Of a few rows anything is regular.
    private const int FewestSteps = 9;

    // From 1973 to 2099: before and after, numbers of this size are rather measurements.
    private const double FirstSecond = 1e8, LastSecond = 4.1e9;

    private const int FirstYear = 1800, LastYear = 2199;

    /// <summary>What a column counts, judged by all its rows.</summary>
    /// <param name="table">The table, which knows the series of each row: each series counts for itself.</param>
    /// <param name="column">One of its columns.</param>
    public static CountingKind Of(Table table, TableColumn column)
    {
        if (!column.IsComplete || column.Values.Length < 2)
            return CountingKind.None;
        if (column.AreWhole && AreDays(column.Values) && column.Values.ContainsAnyExcept(column.Values[0]))
            return CountingKind.CompactDays;
        if (StepsOf(table, column) is not { } steps)
            return column.AreWhole && IsIdentifier(column.Name) ? CountingKind.Identifiers : CountingKind.None;
        if (!column.AreWhole)
            return AreFractionsOfYears(column.Values, steps) ? CountingKind.DecimalYears : CountingKind.None;
        if (steps.Count >= FewestSteps && AreMonths(column.Values) && column.Values[^1] - column.Values[0] >= 100)
            return CountingKind.CompactMonths;

        double usual = (double)steps.GroupBy(step => step).Max(group => group.Count()) / steps.Count;
        if (usual >= UsualTicks && EpochOf(column.Values) is var epoch and not CountingKind.None)
            return epoch;

        bool numbersRows = column.Number == 1 && steps.TrueForAll(step => step == 1);
        return numbersRows || (steps.Count >= FewestSteps && usual >= UsualSteps) ? CountingKind.Steps
            : IsIdentifier(column.Name) ? CountingKind.Identifiers
            : CountingKind.None;
    }

    /// <summary>True for a column of years, months, days, hours or minutes, as its name says and its numbers do not deny.</summary>
    public static bool IsCalendarPart(TableColumn column)
    {
        (int least, int most) = column.Name.ToUpperInvariant() switch
        {
            "YEAR" => (FirstYear, LastYear),
            "MONTH" => (1, 12),
            "DAY" => (1, 31),
            "HOUR" => (0, 24),
            "MINUTE" => (0, 59),
            _ => (1, 0),
        };
        return column.IsComplete && column.AreWhole && least <= most && column.Values.IndexOfAnyExceptInRange(least, most) < 0;
    }

    /// <summary>What a column counts that is known to be the time: numbers that can be dates are dates.</summary>
    public static CountingKind OfTime(TableColumn column)
    {
        if (AreDays(column.Values))
            return CountingKind.CompactDays;
        return AreMonths(column.Values) ? CountingKind.CompactMonths
            : EpochOf(column.Values) is var epoch and not CountingKind.None ? epoch
            : CountingKind.Steps;
    }

    /// <summary>True for id, shop_id, shop-id, "Shop ID" and shopId, but not for paid.</summary>
    private static bool IsIdentifier(string name) =>
        name.EndsWith("id", StringComparison.OrdinalIgnoreCase) && (name.Length == 2 || !char.IsLetter(name[^3]) || (name[^2] == 'I' && char.IsLower(name[^3])));

    /// <summary>How one row follows the one before it in its series, for all rows; null unless each is greater.</summary>
    private static List<double>? StepsOf(Table table, TableColumn column)
    {
        ReadOnlySpan<double> values = column.Values;
        double[] last = new double[table.SeriesIds.Count];
        Array.Fill(last, double.NaN);
        var steps = new List<double>();
        for (int row = 0; row < values.Length; row++)
        {
            ref double before = ref last[table.SeriesOf(row)];
            if (values[row] <= before)
                return null;
            if (!double.IsNaN(before))
                steps.Add(values[row] - before);
            before = values[row];
        }

        return steps.Count > 0 ? steps : null;
    }

    private static bool AreDays(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!(value is >= FirstYear * 10000 and < (LastYear + 1) * 10000) || value != Math.Floor(value) || DateForm.OfCompactDay((long)value) is null)
                return false;
        }

        return true;
    }

    private static bool AreMonths(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!(value is >= FirstYear * 100 and < (LastYear + 1) * 100) || value != Math.Floor(value) || value % 100 is < 1 or > 12)
                return false;
        }

        return true;
    }

    private static CountingKind EpochOf(ReadOnlySpan<double> values)
    {
        bool seconds = true, milliseconds = true;
        foreach (double value in values)
        {
            seconds &= value is >= FirstSecond and <= LastSecond;
            milliseconds &= value is >= FirstSecond * 1000 and <= LastSecond * 1000;
        }

        return seconds ? CountingKind.Seconds : milliseconds ? CountingKind.Milliseconds : CountingKind.None;
    }

    private static bool AreFractionsOfYears(ReadOnlySpan<double> values, List<double> steps)
    {
        foreach (double value in values)
        {
            if (!(value is >= FirstYear and <= LastYear))
                return false;
        }

        // Months and rounding let the steps differ; a year at most lies between two rows.
        double mean = steps.Average();
        return steps.Count >= FewestSteps && mean <= 1 && steps.Count(step => step > mean / 2 && step < mean * 2) >= UsualSteps * steps.Count;
    }
}
