using LstmTorch.Explaining;
using LstmTorch.Reporting;
using LstmTorch.Tests.Explaining;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Reporting;

public class ExplainReportTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("9")]
    public void Render_OfWindows_ShowsWhatBelongsToThem(string? origin)
    {
        using var explainer = new Explainer(LinearModel.Config, [LinearModel.Network()], CPU);
        var set = LinearModel.Set([.. Enumerable.Range(0, 12).Select(t => t % 3.0)], [.. Enumerable.Range(0, 12).Select(t => t % 5.0)]);
        Explanation explanation = explainer.Explain(set, new WindowChoice { Origin = origin }, new ExplainOptions(), null);
        string page = ExplainReport.Render("runs/a<b/", "linear.csv", LinearModel.Config, explanation);

        Assert.Contains("<h1>What a&lt;b looks at</h1>", page, StringComparison.Ordinal);
        Assert.Contains(ExplanationWords.Windows(explanation), page, StringComparison.Ordinal);
        Assert.Contains("<h2>Inputs</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Gates</h2>", page, StringComparison.Ordinal);
        Assert.Contains($"y: {(origin is null ? "mean size of the attribution" : "attribution")} by input and step", page, StringComparison.Ordinal);

        // One window has no other one to change places with.
        Assert.Equal(origin is null, page.Contains("<h2>Shuffled inputs</h2>", StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);

        // x has no weight. Of the window 1, 2, 3 of y, whose mean is 21/12, the oldest step has a weight of −1.
        Assert.Contains("<title>x, 0: 0</title>", page, StringComparison.Ordinal);
        if (origin is not null)
            Assert.Contains("<title>y, -2: 0.7500</title>", page, StringComparison.Ordinal);
    }
}
