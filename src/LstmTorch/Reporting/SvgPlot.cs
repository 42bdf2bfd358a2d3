using System.Globalization;
using System.Text;

namespace LstmTorch.Reporting;

/// <summary>A line plot as inline SVG: it takes the colours of the page, light or dark, and stays sharp at any size.</summary>
/// <param name="description">What it shows, in a sentence; read aloud in its place.</param>
internal sealed class SvgPlot(string description)
{
    private const double Width = 480, Height = 260, Left = 56, Right = 12, Top = 10, Bottom = 28, LetterWidth = 8;

    /// <summary>Longer lines are drawn by the least and the largest value of each of so many parts.</summary>
    private const int MostPoints = 800;

    private readonly List<(string Class, double[] X, double[] Lower, double[] Upper)> _bands = [];
    private readonly List<(string Class, double[] X, double[] Y)> _lines = [];
    private readonly List<(string Class, double[] X, double[] Y)> _bars = [];
    private readonly List<(double X, string Label)> _marks = [];
    private readonly List<double> _levels = [];

    /// <summary>True if the values are days, counted as <see cref="DateTime.ToOADate"/> does.</summary>
    public bool HasDates { get; init; }

    /// <summary>True if 0 must be seen.</summary>
    public bool FromZero { get; init; }

    /// <summary>Fills between two lines.</summary>
    public void Band(string cssClass, double[] x, double[] lower, double[] upper) => _bands.Add((cssClass, x, lower, upper));

    /// <summary>Joins points; those that are not finite interrupt the line.</summary>
    public void Line(string cssClass, double[] x, double[] y) => _lines.Add((cssClass, x, y));

    /// <summary>A bar from 0 to each point.</summary>
    public void Bars(string cssClass, double[] x, double[] y) => _bars.Add((cssClass, x, y));

    /// <summary>A dashed vertical line.</summary>
    public void Mark(double x, string label) => _marks.Add((x, label));

    /// <summary>A dashed horizontal line.</summary>
    public void Level(double y) => _levels.Add(y);

    /// <summary>Draws it.</summary>
    public Html Render()
    {
        double[] xs = [.. _lines.Concat(_bars).SelectMany(line => line.X), .. _bands.SelectMany(band => band.X)];
        double[] ys =
        [
            .. _lines.Concat(_bars).SelectMany(line => line.Y).Concat(_bands.SelectMany(band => band.Lower.Concat(band.Upper))).Concat(_levels).Where(double.IsFinite),
            .. FromZero || _bars.Count > 0 ? [0.0] : Array.Empty<double>(),
        ];
        if (xs.Length == 0 || ys.Length == 0)
            return Html.Empty;

        var (left, right) = Range(xs.Min(), xs.Max(), _bars.Count > 0 ? 0.04 : 0);
        var (low, high) = Range(ys.Min(), ys.Max(), 0.05);
        if (FromZero && ys.Min() >= 0)
            low = 0;
        double PlaceX(double x) => Left + ((x - left) / (right - left) * (Width - Left - Right));
        double PlaceY(double y) => Height - Bottom - ((y - low) / (high - low) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        foreach (var (y, label) in AxisTicks.Numbers(low, high, 5))
        {
            Rule(svg, "grid", Left, PlaceY(y), Width - Right, PlaceY(y));
            Text(svg, Left - 6, PlaceY(y) + 4, "end", label);
        }

        foreach (var (x, label) in HasDates ? AxisTicks.Dates(left, right) : AxisTicks.Numbers(left, right, 6))
        {
            Rule(svg, "grid", PlaceX(x), Height - Bottom, PlaceX(x), Height - Bottom + 4);
            Text(svg, Math.Min(PlaceX(x), Width - (LetterWidth * label.Length / 2)), Height - Bottom + 17, "middle", label);
        }

        foreach (var (cssClass, x, lower, upper) in _bands)
        {
            var path = new StringBuilder();
            for (int n = 0; n < x.Length; n++)
                Point(path, n == 0 ? 'M' : 'L', PlaceX(x[n]), PlaceY(lower[n]));
            for (int n = x.Length - 1; n >= 0; n--)
                Point(path, 'L', PlaceX(x[n]), PlaceY(upper[n]));
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"band {cssClass}\" d=\"{path}Z\"></path>");
        }

        foreach (double level in _levels)
            Rule(svg, "mark", Left, PlaceY(level), Width - Right, PlaceY(level));
        foreach (var (x, label) in _marks)
        {
            Rule(svg, "mark", PlaceX(x), Top, PlaceX(x), Height - Bottom);
            Text(svg, PlaceX(x) - 4, Top + 10, "end", label);
        }

        foreach (var (cssClass, x, y) in _bars)
        {
            for (int n = 0; n < x.Length; n++)
                Rule(svg, $"bar {cssClass}", PlaceX(x[n]), PlaceY(0), PlaceX(x[n]), PlaceY(y[n]));
        }

        foreach (var (cssClass, x, y) in _lines)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line {cssClass}\" d=\"{Path(x, y, PlaceX, PlaceY)}\"></path>");
        return Html.Of($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{description}">{new Html(svg.ToString())}</svg>""");
    }

    private static (double From, double To) Range(double from, double to, double margin)
    {
        double width = to - from;
        return width > 0 ? (from - (margin * width), to + (margin * width)) : (from - 1, to + 1);
    }

    private static string Path(double[] x, double[] y, Func<double, double> placeX, Func<double, double> placeY)
    {
        var path = new StringBuilder();
        bool isDown = false;
        foreach (int n in Thinned(y))
        {
            if (!double.IsFinite(y[n]))
            {
                isDown = false;
                continue;
            }

            Point(path, isDown ? 'L' : 'M', placeX(x[n]), placeY(y[n]));
            isDown = true;
        }

        return path.ToString();
    }

    private static IEnumerable<int> Thinned(double[] y)
    {
        if (y.Length <= MostPoints)
            return Enumerable.Range(0, y.Length);
        const int parts = MostPoints / 2;
        return Enumerable.Range(0, parts).SelectMany(part =>
        {
            int from = (int)((long)part * y.Length / parts), to = (int)((part + 1L) * y.Length / parts);
            int[] some = [.. Enumerable.Range(from, to - from)];
            return new[] { some.MinBy(n => y[n]), some.MaxBy(n => y[n]) }.Order().Distinct();
        });
    }

    private static void Point(StringBuilder path, char command, double x, double y) =>
        path.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {y:0.#}");

    private static void Rule(StringBuilder svg, string cssClass, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{cssClass}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"></line>");

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Html.Of($"{text}")}</text>");
}
