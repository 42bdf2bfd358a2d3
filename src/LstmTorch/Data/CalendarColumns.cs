using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>The input columns that follow from the dates of the rows, and which of them say something.</summary>
internal static class CalendarColumns
{
    /// <summary>The word for the features that fit the distance and the span of the rows.</summary>
    public const string Auto = "auto";

    /// <summary>The word for no feature.</summary>
    public const string None = "none";

    private const string Words = "hour, weekday, month, day-of-year, auto or none";

    /// <summary>Reads the words of <c>--calendar</c>.</summary>
    /// <returns>The features; null for auto.</returns>
    /// <exception cref="LstmTorchException">A word means nothing, or is there twice.</exception>
    public static IReadOnlyList<CalendarFeature>? Parse(IReadOnlyList<string> words)
    {
        if (words is [] or [None])
            return [];
        if (words is [Auto])
            return null;
        CalendarFeature[] features =
        [
            .. words.Select(word => Enum.GetValues<CalendarFeature>().Any(feature => CalendarFeatures.Name(feature) == word)
                ? Enum.GetValues<CalendarFeature>().First(feature => CalendarFeatures.Name(feature) == word)
                : throw new LstmTorchException(ErrorKind.Usage, $"--calendar '{word}': use {Words}, with commas between them")),
        ];
        return features.Distinct().Count() == features.Length
            ? features
            : throw new LstmTorchException(ErrorKind.Usage, $"--calendar {string.Join(',', words)}: a word stands there twice");
    }

    /// <summary>The features of some data.</summary>
    /// <param name="words">As <see cref="Parse"/> takes them.</param>
    /// <param name="time">The rows of the longest series.</param>
    /// <param name="source">What to call the data in errors.</param>
    /// <param name="forModel">Whether a trained model asks for them: they are taken as they are, whatever the distance of the rows.</param>
    /// <exception cref="LstmTorchException">There are no dates, or a feature would be the same for all rows.</exception>
    public static IReadOnlyList<CalendarFeature> Choose(IReadOnlyList<string> words, TimeAxis time, string source, bool forModel)
    {
        IReadOnlyList<CalendarFeature>? features = Parse(words);
        if (features is [])
            return features;
        if (time.Kind != TimeAxisKind.Date)
        {
            throw forModel
                ? new LstmTorchException(ErrorKind.BadData, $"{source}: the model sees the calendar, and the rows have no dates")
                : new LstmTorchException(ErrorKind.Usage, $"--calendar needs dates, and the rows of {source} have none; name their column with --time, or leave --calendar out");
        }

        if (features is null)
            return [.. Enum.GetValues<CalendarFeature>().Where(feature => time.Step.IsShorterThan(LargestStep(feature)) && GoesRoundTwice(feature, time) && IsUsual(feature, time))];
        foreach (CalendarFeature feature in features)
        {
            if (!forModel && !time.Step.IsShorterThan(LargestStep(feature)))
                throw new LstmTorchException(ErrorKind.Usage, $"--calendar {CalendarFeatures.Name(feature)}: the rows of {source} lie {time.StepDescription} apart, so that it says nothing of them; leave it out");
        }

        return features;
    }

    /// <summary>Sine and cosine of each feature in each row, in the order of <see cref="Names"/>.</summary>
    public static IEnumerable<double[]> Values(IReadOnlyList<CalendarFeature> features, TimeAxis time)
    {
        foreach (CalendarFeature feature in features)
        {
            double[] sines = new double[time.Length], cosines = new double[time.Length];
            for (int row = 0; row < time.Length; row++)
                (sines[row], cosines[row]) = CalendarFeatures.Of(feature, time.ClockAt(row)!.Value);
            yield return sines;
            yield return cosines;
        }
    }

    /// <summary>The names of the columns.</summary>
    public static IEnumerable<string> Names(IReadOnlyList<CalendarFeature> features) => features.SelectMany(CalendarFeatures.Columns);

    /// <summary>Rows must lie closer than this for the feature to differ between them, in days.</summary>
    private static int LargestStep(CalendarFeature feature) => feature switch
    {
        CalendarFeature.Hour => 1,
        CalendarFeature.Weekday => 7,
        _ => 365,
    };

    /// <summary>What did not come twice cannot be learned as something that comes again.</summary>
    private static bool GoesRoundTwice(CalendarFeature feature, TimeAxis time)
    {
        int days = feature switch { CalendarFeature.Hour => 1, CalendarFeature.Weekday => 7, _ => 365 };
        return (time.ClockAt(time.Length - 1)!.Value - time.ClockAt(0)!.Value).TotalDays >= 2 * days;
    }

    /// <summary>Of the two features of the year the month is for rows that are months, and the day for all others.</summary>
    private static bool IsUsual(CalendarFeature feature, TimeAxis time) => feature switch
    {
        CalendarFeature.Month => time.Step.Months > 0,
        CalendarFeature.DayOfYear => time.Step.Months == 0,
        _ => true,
    };
}
