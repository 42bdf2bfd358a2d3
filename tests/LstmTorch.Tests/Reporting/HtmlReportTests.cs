using System.Text.RegularExpressions;
using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public partial class HtmlReportTests
{
    private static readonly ReportContent Content =
        ReportContents.Content(ReportContents.Metrics(ReportContents.Maes(2, 4, 8)));

    [Theory]
    [InlineData("""<p class="headline wins">y on the test part: the model beats every baseline.""")]
    [InlineData("<h3>Test: 9 windows, 2015-10-01 to 2015-10-09</h3>")]
    [InlineData("<tr><th scope=\"row\">Model</th><td><b>2.000</b></td>")]
    [InlineData("<tr><th scope=\"row\">Seasonal naive (7)</th><td>8.000</td>")]
    [InlineData("<td>data.csv</td>")]
    [InlineData("<td>abc123</td>")]
    [InlineData("<td>x, y</td>")]
    [InlineData("<td>30 steps</td>")]
    [InlineData("<td>1,234,567</td>")]
    [InlineData("<th scope=\"row\">Seed</th><td>17</td>")]
    [InlineData("<td>100, best 42</td>")]
    [InlineData("<td>12.5 s</td>")]
    [InlineData("<td>cuda:0</td>")]
    [InlineData("<td>reference</td>")]
    [InlineData("<th scope=\"row\">TorchSharp</th><td>0.107.0</td>")]
    [InlineData("<th scope=\"row\">hidden_size</th><td>50,50,50</td>")]
    [InlineData("<code>lstmtorch train data.csv --seed 17</code>")]
    [InlineData("src=\"data:image/png;base64,AQID\"")]
    [InlineData("srcset=\"data:image/png;base64,BAUG\"")]
    [InlineData("<meta charset=\"utf-8\">")]
    [InlineData("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")]
    [InlineData("prefers-color-scheme: dark")]
    public void Render_ARun_ShowsItsFacts(string expected) =>
        Assert.Contains(expected, HtmlReport.Render(Content), StringComparison.Ordinal);

    [Fact]
    public void Render_TheBestForecast_IsBold()
    {
        string html = HtmlReport.Render(ReportContents.Content(ReportContents.Metrics(ReportContents.Maes(4, 2, 8))));
        Assert.Contains("<tr><th scope=\"row\">Naive</th><td><b>2.000</b></td>", html, StringComparison.Ordinal);
        Assert.Contains("class=\"headline loses\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TextThatIsMarkup_IsEncodedEverywhere()
    {
        const string markup = "<script>alert(\"1\")</script>&{0}'";
        var entries = new[] { new ReportEntry(markup, markup) };
        TargetMetrics metrics = ReportContents.Maes(1, 2, 3);
        string html = HtmlReport.Render(Content with
        {
            Title = markup,
            DataFile = markup,
            Sha256 = markup,
            Inputs = [markup],
            Command = markup,
            Options = entries,
            Versions = entries,
            Pictures = [new ReportPicture(markup, [1])],
            Metrics = Content.Metrics with
            {
                Target = [markup, "other"],
                Device = markup,
                Kernel = markup,
                Splits = new Dictionary<string, PartMetrics>
                {
                    ["test"] = PartMetrics.Of(1, markup, markup, [(markup, metrics), ("other", metrics)]),
                },
            },
        });

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(\"", html, StringComparison.Ordinal);
        const string encoded = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;{0}&#x27;";

        // Title twice, file, hash, inputs, command, two name and value pairs, caption, target three times (headline,
        // list of targets, its own table), device, kernel, and both borders of the part twice.
        Assert.Equal(2 + 4 + 4 + 1 + 3 + 2 + 4, Regex.Count(html, Regex.Escape(encoded)));
    }

    [Fact]
    public void Render_ARun_RefersToNothingOutside()
    {
        string html = HtmlReport.Render(Content);
        string[] references = [.. References().Matches(html).Select(reference => reference.Groups[1].Value)];
        Assert.Equal(2, references.Count(reference => reference.StartsWith("data:", StringComparison.Ordinal)));
        Assert.All(references.Where(reference => !reference.StartsWith("data:", StringComparison.Ordinal)), reference =>
            Assert.Contains($"<section id=\"{reference[1..]}\">", html, StringComparison.Ordinal));
        Assert.DoesNotContain("//", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SeveralTargets_ClosesEachElement()
    {
        TargetMetrics metrics = ReportContents.Maes(1, 2, 3);
        string html = HtmlReport.Render(Content with
        {
            Metrics = Content.Metrics with
            {
                Splits = new Dictionary<string, PartMetrics> { ["test"] = PartMetrics.Of(1, "a", "b", [("p", metrics), ("q", metrics)]) },
            },
        });

        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(html))
        {
            string name = tag.Groups[2].Value;
            if (name is "meta" or "img" or "source")
                continue;

            if (tag.Groups[1].Value == "/")
                Assert.Equal(open.Pop(), name);
            else
                open.Push(name);
        }

        Assert.Empty(open);
        Assert.Contains("<h4>q</h4>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_PicturesOfSomeSeries_SaysWhichAreMissing()
    {
        const string note = "The first 3 of 4 series";
        Assert.Contains($"<h2>The test part</h2>\n<p>{note}</p>", HtmlReport.Render(Content with { PicturesNote = note }), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LettersOfAllAlphabets_StayReadable() =>
        Assert.Contains("<h1>Größe 気温 €</h1>", HtmlReport.Render(Content with { Title = "Größe 気温 €" }), StringComparison.Ordinal);

    [GeneratedRegex("(?:src|srcset|href)=\"([^\"]*)\"")]
    private static partial Regex References();

    [GeneratedRegex("<(/?)([a-z][a-z0-9]*)[^>]*>")]
    private static partial Regex Tags();
}
