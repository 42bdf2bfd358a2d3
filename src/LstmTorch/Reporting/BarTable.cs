using System.Globalization;

namespace LstmTorch.Reporting;

/// <summary>A table whose rows have a bar each, from 0 to the right, or to the left in the other colour.</summary>
internal static class BarTable
{
    private const double Width = 200, Height = 12;

    /// <summary>Builds it.</summary>
    /// <param name="headers">The columns; the second one holds the bars.</param>
    /// <param name="rows">The name, the number of the bar with its standard deviation (0 for none), and the other cells.</param>
    public static Html Of(IReadOnlyList<string> headers, IReadOnlyList<(string Name, double Bar, double Deviation, IReadOnlyList<string> Cells)> rows)
    {
        double low = Math.Min(0, rows.Min(row => row.Bar - row.Deviation)), high = Math.Max(0, rows.Max(row => row.Bar + row.Deviation));
        double Place(double value) => high > low ? (value - low) / (high - low) * Width : 0;
        Html Bar(double value, double deviation)
        {
            double zero = Place(0), end = Place(value);
            Html spread = deviation > 0
                ? new Html(string.Create(CultureInfo.InvariantCulture, $"<line class=\"spread\" x1=\"{Place(value - deviation):0.#}\" y1=\"6\" x2=\"{Place(value + deviation):0.#}\" y2=\"6\"></line>"))
                : Html.Empty;
            return Html.Of($"""
                <svg viewBox="0 0 {Width} {Height}" aria-hidden="true"><rect class="cell{(value < 0 ? " below" : string.Empty)}" x="{Math.Round(Math.Min(zero, end), 1)}" y="1" width="{Math.Round(Math.Abs(end - zero), 1)}" height="{Height - 2}"></rect>{spread}</svg>
                """);
        }

        return Html.Of($"""
            <div class="scroll" tabindex="0"><table class="list">
            <thead><tr>{Html.Join(headers.Select((header, n) => Html.Of($"<th scope=\"col\"{(n == 1 ? " class=bars" : string.Empty)}>{header}</th>")))}</tr></thead>
            <tbody>
            {Html.Join(rows.Select(row => Html.Of($"<tr><th scope=\"row\">{row.Name}</th><td class=\"bars\">{Bar(row.Bar, row.Deviation)}</td>{Html.Join(row.Cells.Select(cell => Html.Of($"<td>{cell}</td>")))}</tr>")))}
            </tbody></table></div>
            """);
    }
}
