namespace LstmTorch.Reporting;

/// <summary>A chapter of the report.</summary>
/// <param name="Title">Its heading, and its entry in the list of chapters.</param>
/// <param name="Body">What it shows.</param>
internal sealed record ReportSection(string Title, Html Body)
{
    /// <summary>A plot with the words below it.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="caption">What it shows, in a line.</param>
    /// <param name="keys">The lines by class and name.</param>
    public static Html Figure(SvgPlot plot, string caption, params IEnumerable<(string Class, string Name)> keys)
    {
        Html svg = plot.Render();
        return svg == Html.Empty ? Html.Empty : Html.Of($"""
            <figure class="plot">{svg}<figcaption>{caption} {Html.Join(keys.Select(key => Html.Of($"<span class=\"key {key.Class}\">{key.Name}</span>")))}</figcaption></figure>
            """);
    }

    /// <summary>A picture, the dark one where the reader prefers dark pages.</summary>
    public static Html Picture(ReportPicture picture)
    {
        Html dark = picture.DarkPng is { } png
            ? Html.Of($"""<source media="(prefers-color-scheme: dark)" srcset="{Inline(png)}">""")
            : Html.Empty;
        return Html.Of($"""
            <figure><picture>{dark}<img src="{Inline(picture.Png)}" alt="{picture.Caption}"></picture></figure>
            """);
    }

    private static Html Inline(byte[] png) => new($"data:image/png;base64,{Convert.ToBase64String(png)}");

    /// <summary>Plots side by side where the page is wide enough.</summary>
    public static Html Grid(IEnumerable<Html> figures) => Html.Of($"<div class=\"grid\">{Html.Join(figures)}</div>");

    /// <summary>A table with a header; the first column names its rows.</summary>
    /// <param name="headers">The columns.</param>
    /// <param name="rows">The cells.</param>
    public static Html Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows) => Html.Of($"""
        <div class="scroll" tabindex="0"><table class="list">
        <thead><tr>{Html.Join(headers.Select(header => Html.Of($"<th scope=\"col\">{header}</th>")))}</tr></thead>
        <tbody>
        {Html.Join(rows.Select(row => Html.Of($"<tr><th scope=\"row\">{row[0]}</th>{Html.Join(row.Skip(1).Select(cell => Html.Of($"<td>{cell}</td>")))}</tr>")))}
        </tbody></table></div>
        """);

    /// <summary>Names and what they are, a row each.</summary>
    public static Html Entries(IEnumerable<ReportEntry> entries) => Html.Of($"""
        <div class="scroll" tabindex="0"><table class="entries">
        {Html.Join(entries.Select(entry => Html.Of($"<tr><th scope=\"row\">{entry.Name}</th><td>{entry.Value}</td></tr>")))}
        </table></div>
        """);
}
