using System.Net;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ResultTablesTests(TrainedRun trained)
{
    [Fact]
    public void Table_OfMetrics_HasNumbersBelowEachOther()
    {
        string[] lines = trained.Tool.Run("evaluate", "run").Exits(0).Output.Split('\n');

        Assert.Equal("part        forecast            ", lines[0][..32]);
        string[] rows = lines[1..22];
        Assert.Equal(["train", "24 windows", "validation", "5 windows", "test", "5 windows"], rows.Select(row => row[..12].Trim()).Where(word => word.Length > 0));
        string[] forecasts = ["model", "naive", "seasonal naive (7)", "drift", "season's mean (7)", "theta", "linear"];
        Assert.Equal([.. forecasts, .. forecasts, .. forecasts], rows.Select(row => row[12..31].Trim()));
        Assert.InRange(lines[0].Length, 60, 80);
        Assert.Single(lines[..22].Select(line => line.Length).Distinct());

        // Every row has its decimal points in the same places as the first.
        int[][] points = [.. rows.Select(row => Enumerable.Range(0, row.Length).Where(place => row[place] == '.').ToArray())];
        Assert.Equal(5, points[0].Length);
        Assert.All(points, row => Assert.Equal(points[0], row));
    }

    /// <summary>Without an exponent a column would be as wide as the exponent says.</summary>
    [Fact]
    public void Table_OfNumbersFarBelowOne_IsAsWideAsTheirDigits()
    {
        using var tool = new Tool();
        File.WriteAllLines(tool.At("tiny.csv"), ["t,load", .. Enumerable.Range(0, 60).Select(row => FormattableString.Invariant($"{row},{row % 7}.{row % 4}e-40"))]);
        string[] lines = tool.Run(["train", "tiny.csv", "--out", "run", .. Tool.Tiny, "--epochs", "1"]).Exits(0).Output.Split('\n');
        string[] table = [.. lines.SkipWhile(line => !line.StartsWith("part ", StringComparison.Ordinal)).TakeWhile(line => line.Length > 0)];

        Assert.Contains("E-40", string.Concat(table), StringComparison.Ordinal);
        Assert.All(table, line => Assert.InRange(line.Length, 1, 90));
    }

    /// <summary>There are training windows, and none of them moves.</summary>
    [Fact]
    public void Table_OfAConstantTarget_SaysWhyThereIsNoLinearBaseline()
    {
        using var tool = new Tool();
        tool.WriteSeries(change: lines =>
        {
            for (int line = 1; line < lines.Count; line++)
                lines[line] = FormattableString.Invariant($"2024-01-{1 + (line / 24):00} {line % 24:00}:00,5,{line % 5}");
        });
        string output = tool.TrainTiny("run").Exits(0).Output;

        Assert.Contains("There is no linear baseline: it is fitted to whole training windows of a target that changes, and is not carried to data that the model has not seen.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_OfMetrics_EndsOnTheWordsOfTheReport()
    {
        string[] lines = trained.Tool.Run("evaluate", "run").Exits(0).Output.TrimEnd('\n').Split('\n');
        string report = WebUtility.HtmlDecode(trained.Tool.Read("run", "report.html"));

        // Two epochs teach nothing, and the baselines are better.
        Assert.StartsWith("load on the test part: the model does not beat the best baseline, linear.", lines[^2], StringComparison.Ordinal);
        Assert.Contains($"<p class=\"headline loses\">{lines[^2]}</p>", report, StringComparison.Ordinal);
        Assert.Equal("Training with --normalize last often helps a series whose level moves.", lines[^1]);
        Assert.Contains($"<p>{lines[^1]}</p>", report, StringComparison.Ordinal);
        Assert.Contains(string.Join('\n', lines[^2..]), trained.Result.Output, StringComparison.Ordinal);
    }
}
