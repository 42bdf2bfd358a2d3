using System.Globalization;

namespace LstmTorch.Reporting;

/// <summary>Where an axis has its marks, and what stands at them.</summary>
internal static class AxisTicks
{
    private const double Thousands = 2e4, Millions = 1e6, Huge = 1e12;

    private static readonly int[] s_factors = [1, 2, 5, 10];

    /// <summary>Round numbers, at most so many: multiples of 1, 2 or 5 and a power of ten.</summary>
    public static IEnumerable<(double Place, string Label)> Numbers(double from, double to, int most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10((to - from) / most)));
        double step = s_factors.Select(factor => factor * power).First(candidate => (to - from) / candidate <= most);
        double largest = Math.Max(Math.Abs(from), Math.Abs(to));
        for (double n = Math.Ceiling(from / step); n * step <= to; n++)
            yield return (n * step, Label(n * step, step, largest));
    }

    /// <summary>Round dates, as many as have room below a narrow plot.</summary>
    public static IEnumerable<(double Place, string Label)> Dates(double from, double to)
    {
        const int most = 4;
        var dates = DateTicks.Choose(DateTime.FromOADate(from), DateTime.FromOADate(to));
        int every = ((dates.Count - 1) / most) + 1;
        return dates.Where((_, n) => n % every == 0).Select(date => (date.Date.ToOADate(), date.Label));
    }

    private static string Label(double value, double step, double largest)
    {
        var (unit, sign) = largest switch
        {
            >= Huge => (0.0, string.Empty),
            >= Millions => (1e6, "M"),
            >= Thousands => (1e3, "k"),
            _ => (1, string.Empty),
        };
        if (unit == 0 || step < 1e-6)
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        int decimals = Math.Clamp((int)-Math.Floor(Math.Log10(step / unit) + 1e-9), 0, 8);
        string number = (value / unit).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return value == 0 ? "0" : number + sign;
    }
}
