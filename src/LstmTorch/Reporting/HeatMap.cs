using System.Globalization;
using System.Text;

namespace LstmTorch.Reporting;

/// <summary>Numbers of rows and columns as shades, as inline SVG: the largest is the strongest, numbers below 0 have the other colour, and a shade goes with the
/// square root, so that small ones are seen too.</summary>
internal static class HeatMap
{
    private const double Width = 640, RowHeight = 22, Left = 110, Bottom = 20, LetterWidth = 7, Right = 6;
    private const int MostLetters = 16, MostLabels = 12;

    /// <summary>Draws it.</summary>
    /// <param name="description">What it shows, in a sentence; read aloud in its place.</param>
    /// <param name="columns">The columns from left to right: what stands below them, and what a reader who points at one sees.</param>
    /// <param name="rows">The rows' names and numbers; nothing is drawn of those that are not finite.</param>
    /// <param name="format">A number as a reader who points at it sees it.</param>
    public static Html Render(string description, IReadOnlyList<(string Label, string Name)> columns, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> rows, Func<double, string> format)
    {
        double largest = rows.SelectMany(row => row.Values).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double width = (Width - Left - Right) / columns.Count, height = (rows.Count * RowHeight) + Bottom;
        var svg = new StringBuilder();
        for (int row = 0; row < rows.Count; row++)
        {
            var (name, values) = rows[row];
            Text(svg, Left - 8, ((row + 0.5) * RowHeight) + 4, "end", name.Length > MostLetters ? $"{name[..(MostLetters - 1)]}…" : name);
            for (int column = 0; column < values.Count; column++)
            {
                if (!double.IsFinite(values[column]))
                    continue;
                double shade = largest > 0 ? Math.Sqrt(Math.Abs(values[column]) / largest) : 0;
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"cell{(values[column] < 0 ? " below" : string.Empty)}\" x=\"{Left + (column * width):0.##}\" y=\"{row * RowHeight:0.#}\" width=\"{width:0.##}\" height=\"{RowHeight - 1:0.#}\" fill-opacity=\"{shade:0.###}\">");
                svg.Append(CultureInfo.InvariantCulture, $"<title>{Html.Of($"{name}, {columns[column].Name}: {format(values[column])}")}</title></rect>");
            }
        }

        int every = Math.Max((int)Math.Ceiling(columns.Max(column => column.Label.Length) * LetterWidth / width), (columns.Count + MostLabels - 1) / MostLabels);
        for (int column = columns.Count - 1; column >= 0; column -= Math.Max(1, every))
            Text(svg, Left + ((column + 0.5) * width), height - 8, "middle", columns[column].Label);
        return Html.Of($"""<svg viewBox="0 0 {Width} {height}" role="img" aria-label="{description}">{new Html(svg.ToString())}</svg>""");
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Html.Of($"{text}")}</text>");
}
