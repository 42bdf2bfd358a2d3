using System.Globalization;
using ScottPlot.TickGenerators;

namespace LstmTorch.Reporting;

/// <summary>Tick marks of a time axis at round dates, written as ISO 8601 writes them.</summary>
/// <remarks>The drawing library's own ticks write dates as 07/01/2015, which reads as July or January.</remarks>
internal static class DateTicks
{
    /// <summary>As many labels of a full date as fit beside each other.</summary>
    private const int Most = 6;

    private static readonly int[] MonthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14),
    ];

    /// <summary>Ticks from one date to another, at most seven.</summary>
    public static NumericManual Of(DateTime first, DateTime last)
    {
        var ticks = new NumericManual();
        foreach ((DateTime date, string label) in Choose(first, last))
            ticks.AddMajor(date.ToOADate(), label);

        return ticks;
    }

    /// <summary>The dates of the ticks and their labels.</summary>
    internal static IReadOnlyList<(DateTime Date, string Label)> Choose(DateTime first, DateTime last)
    {
        foreach (TimeSpan step in Steps)
        {
            if ((last - first) / step > Most)
                continue;

            string format = step >= TimeSpan.FromDays(1) ? "yyyy-MM-dd"
                : step >= TimeSpan.FromMinutes(1) ? "MM-dd HH:mm"
                : "HH:mm:ss";
            long start = (first.Ticks + step.Ticks - 1) / step.Ticks * step.Ticks;
            int count = start > last.Ticks ? 0 : (int)((last.Ticks - start) / step.Ticks) + 1;
            return [.. Enumerable.Range(0, count).Select(n => Tick(new DateTime(start + (n * step.Ticks)), format))];
        }

        int firstMonth = MonthsOf(first) + (first > new DateTime(first.Year, first.Month, 1) ? 1 : 0);
        int months = MonthsOf(last) - firstMonth;
        int monthStep = MonthSteps.FirstOrDefault(step => months / step <= Most, MonthSteps[^1]);
        int startMonth = (firstMonth + monthStep - 1) / monthStep * monthStep;
        string monthFormat = monthStep % 12 == 0 ? "yyyy" : "yyyy-MM";
        int monthCount = startMonth > MonthsOf(last) ? 0 : ((MonthsOf(last) - startMonth) / monthStep) + 1;
        return
        [
            .. Enumerable.Range(0, monthCount).Select(n => startMonth + (n * monthStep))
                .Select(month => Tick(new DateTime(month / 12, (month % 12) + 1, 1), monthFormat)),
        ];
    }

    private static int MonthsOf(DateTime date) => (date.Year * 12) + date.Month - 1;

    private static (DateTime Date, string Label) Tick(DateTime date, string format) =>
        (date, date.ToString(format, CultureInfo.InvariantCulture));
}
