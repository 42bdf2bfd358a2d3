using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>A page that refers to nothing outside: the verdict first, a list of chapters, and the chapters.</summary>
internal static class HtmlPage
{
    /// <summary>Writes it as an HTML document, to be saved as UTF-8.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="verdicts">What is known in the end.</param>
    /// <param name="normalize">What the model takes from each window, for advice.</param>
    /// <param name="sections">The chapters.</param>
    public static string Of(string title, IReadOnlyList<Verdict> verdicts, WindowNormalization normalize, IReadOnlyList<ReportSection> sections)
    {
        Html body = Html.Of($"""
            <main>
            <h1>{title}</h1>
            {Html.Join(verdicts.Select(Headline))}
            {(Verdict.Advice(verdicts, normalize) is { } advice ? Html.Of($"<p>{advice}</p>") : Html.Empty)}
            <nav aria-label="Chapters">{Html.Join(sections.Select((section, n) => Html.Of($"<a href=\"#s{n}\">{section.Title}</a>")))}</nav>
            {Html.Join(sections.Select((section, n) => Html.Of($"<section id=\"s{n}\"><h2>{section.Title}</h2>\n{section.Body}\n</section>")))}
            </main>
            """);
        Html head = Html.Of($"""
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy"
                  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>{title}</title>
            """);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            {head.Markup}
            <style>
            {ReportStyle.Css}
            </style>
            </head>
            <body>
            {body.Markup}
            </body>
            </html>

            """.ReplaceLineEndings("\n");
    }

    private static Html Headline(Verdict verdict) =>
        Html.Of($"""<p class="headline {(verdict.Wins ? "wins" : "loses")}">{verdict.Sentence}</p>""");
}
