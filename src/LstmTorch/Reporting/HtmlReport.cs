using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>The report of a run: one HTML file that holds everything it shows, and refers to nothing outside.</summary>
public static class HtmlReport
{
    private static readonly (string Key, string Title)[] Parts =
        [("test", "Test"), ("validation", "Validation"), ("train", "Training")];

    /// <summary>Writes the report as an HTML document, to be saved as UTF-8.</summary>
    /// <param name="content">What it shows; all text in it is encoded.</param>
    public static string Render(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return HtmlPage.Of(content.Title, Verdict.Of(content.Metrics), content.Normalize, [.. Sections(content)]);
    }

    private static IEnumerable<ReportSection> Sections(ReportContent content)
    {
        yield return new ReportSection("Metrics", Html.Of($"""
            <p>Over every window of a part, {Steps(content.Metrics.Horizon)} each, in original units. The best of each column is bold.</p>
            {Html.Join(Parts.Select(part => PartSection(content.Metrics, part.Key, part.Title)))}
            <details><summary>What the forecasts and the columns are</summary>
            <p>{MetricsTable.Legend}</p>
            <p>{MetricsTable.BaselineLegend}</p>
            </details>
            """));
        if (content.Pictures.Count > 0)
        {
            yield return new ReportSection("The test part", Html.Of($"""
                {(content.PicturesNote is { } note ? Html.Of($"<p>{note}</p>") : Html.Empty)}
                {Html.Join(content.Pictures.Select(ReportSection.Picture))}
                """));
        }

        foreach (ReportSection section in content.Analysis)
            yield return section;
        if (content.TrainingPictures.Count > 0)
            yield return new ReportSection("Training", Html.Join(content.TrainingPictures.Select(ReportSection.Picture)));
        if (content.Data is { } data)
            yield return data;
        yield return new ReportSection("The run", Html.Of($"""
            {ReportSection.Entries(RunFacts(content))}
            <h3>Repeat it</h3>
            <pre tabindex="0"><code>{content.Command}</code></pre>
            {Entries("Options", content.Options)}
            {Entries("Versions", content.Versions)}
            """));
    }

    private static Html PartSection(RunMetrics metrics, string key, string name)
    {
        if (!metrics.Splits.TryGetValue(key, out PartMetrics? part))
            return Html.Empty;

        Html targets = part.Targets is { } byTarget
            ? Html.Of($"""
                <details{new Html(key == "test" ? " open" : "")}><summary>Each target</summary>
                {Html.Join(byTarget.Select(target => Html.Of($"""
                    <h4>{target.Key}</h4>
                    {MetricsTable.Of(target.Value, metrics.Seasonality)}
                    """)))}
                </details>
                """)
            : Html.Empty;
        string mean = part.Targets is null ? "" : ", mean over the targets";
        string title = string.Create(CultureInfo.InvariantCulture, $"{name}: {part.Windows} windows, {part.From} to {part.To}{mean}");
        Html tables = Html.Of($"""
            {MetricsTable.Of(part.Together, metrics.Seasonality)}
            {(part.Quantiles is { } quantiles ? Html.Of($"<p>The {QuantileSummary.Of(quantiles)}.</p>") : Html.Empty)}
            {Html.Join((part.Intervals ?? []).Select(IntervalLine))}
            {targets}
            """);
        return key == "test"
            ? Html.Of($"<h3>{title}</h3>\n{tables}")
            : Html.Of($"<details><summary>{title}</summary>\n{tables}</details>");
    }

    private static Html IntervalLine(IntervalMetrics interval) => Html.Of(
        $"<p>{string.Create(CultureInfo.InvariantCulture, $"The {100 * interval.Coverage:0.##} % intervals hold {100 * interval.Observed:F1} % of the values; their mean width is {MetricsTable.Format(interval.Width)}.")}</p>");

    private static IEnumerable<ReportEntry> RunFacts(ReportContent content)
    {
        RunMetrics metrics = content.Metrics;
        yield return new("Data file", content.DataFile);
        yield return new("SHA-256", content.Sha256);
        yield return new("Target", string.Join(", ", metrics.Target));
        yield return new("Inputs", string.Join(", ", content.Inputs));
        foreach ((string key, string title) in Parts.Reverse())
        {
            if (metrics.Splits.TryGetValue(key, out PartMetrics? part))
                yield return new($"{title} part", $"{part.From} to {part.To}, {part.Windows} windows");
        }

        yield return new("Context length", Steps(metrics.ContextLength));
        yield return new("Horizon", Steps(metrics.Horizon));
        yield return new("Seasonality", Steps(metrics.Seasonality));
        yield return new("Parameters", metrics.Parameters.ToString("#,0", CultureInfo.InvariantCulture));
        yield return new("Seed", content.Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("Epochs", $"{metrics.Epochs}, best {metrics.BestEpoch}");
        yield return new("Training time", string.Create(CultureInfo.InvariantCulture, $"{metrics.TrainSeconds:0.0} s"));
        yield return new("Device", metrics.Device);
        yield return new("Kernel", metrics.Kernel);
    }

    private static string Steps(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "step" : "steps")}");

    private static Html Entries(string title, IReadOnlyList<ReportEntry> entries) => entries.Count == 0
        ? Html.Empty
        : Html.Of($"<details><summary>{title}</summary>\n{ReportSection.Entries(entries)}\n</details>");
}
