using LstmTorch.Explaining;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>The page that shows why a model forecasts what it does.</summary>
public static class ExplainReport
{
    /// <summary>Writes the page as an HTML document, to be saved as UTF-8.</summary>
    /// <param name="model">The model, as it was named.</param>
    /// <param name="source">The data, as it was named.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="explanation">What is shown.</param>
    public static string Render(string model, string source, ForecasterConfig config, Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(explanation);
        return HtmlPage.Of(
            $"What {Path.GetFileName(model.TrimEnd('/', '\\'))} looks at",
            [],
            config.Normalize,
            [
                new ReportSection("What is explained", Html.Of($"""
                    {ReportSection.Entries([
                        new("Data", source),
                        new("Windows", ExplanationWords.Windows(explanation)),
                        new("Explained", ExplanationWords.Step(explanation, config)),
                        new("Baseline", ExplanationWords.Baseline(explanation)),
                        new("Points", explanation.Points.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    ])}
                    {Html.Join(explanation.Targets.Select(target => Html.Of($"<p>{ExplanationWords.Sum(target, explanation.Windows)}</p>")))}
                    """)),
                .. explanation.Targets.SelectMany(target => AttributionSection.Of(config, explanation, target)),
                GateSection.Of(config, explanation),
            ]);
    }
}
