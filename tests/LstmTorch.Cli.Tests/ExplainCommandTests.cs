using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ExplainCommandTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Explain_RunOfTwoColumns_HasTheirTablesAndAllNumbersAsJson()
    {
        ToolResult text = trained.Tool.Run("explain", "run").Exits(0), json = trained.Tool.Run("explain", "run", "--json").Exits(0);

        Assert.Equal(string.Empty, text.Error);
        JsonNode all = JsonNode.Parse(json.Output)!, target = Assert.Single(all["targets"]!.AsArray())!;

        // Of 40 rows the last 6 are the test part, 5 windows of two steps.
        Assert.Equal(("test", 5, "2024-02-03", "mean", true), ((string?)all["part"], (int)all["windows"]!, (string?)all["from"], (string?)all["baseline"], (bool)all["of_training"]!));
        Assert.Equal(["load", "wind"], target["inputs"]!.AsArray().Select(input => (string?)input!["input"]));
        Assert.Equal(3, target["inputs"]![0]!["past"]!.AsArray().Count);
        double share = (double)target["inputs"]![1]!["share"]!;
        string[] lines = text.Output.Split('\n');
        Assert.Contains("windows          5 of the test part, origins 2024-02-03 to 2024-02-07", lines);
        Assert.Contains("explained        forecast, mean over 2 steps", lines);
        Assert.Contains(lines, line => line.Trim().StartsWith("wind ", StringComparison.Ordinal) && line.Contains(string.Create(CultureInfo.InvariantCulture, $" {100 * share:F1} "), StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("target  % at steps back", StringComparison.Ordinal) && line.EndsWith("    0     1     2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Layer 1: memory ", StringComparison.Ordinal));
        Assert.True((double)target["completeness"]!["share"]! < 1e-3);

        // The error that evaluate tells, but for float32's rounding.
        double mae = (double)JsonNode.Parse(trained.Tool.Read("run", "metrics.json"))!["splits"]!["test"]!["model"]!["mae"]!;
        Assert.Equal(mae, (double)target["mae"]!, 1e-4);
        Assert.Equal(json.Output, trained.Tool.Run("explain", "run", "--json").Output);
    }

    [Fact]
    public void Explain_OneForecast_WritesAPageAndEveryAttribution()
    {
        trained.CopyTo(_tool);
        string output = _tool.Run("explain", "run", "--origin", "2024-02-09", "--step", "1", "--out", "why.html", "--csv", "why.csv").Exits(0).Output;

        Assert.Contains("windows          one, origin 2024-02-09\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("error rise", output, StringComparison.Ordinal);
        string[] rows = _tool.Read("why.csv").TrimEnd('\n').Split('\n');
        Assert.Equal("series,origin,target,input,step,attribution", rows[0]);
        Assert.Equal(7, rows.Length);
        Assert.StartsWith(",2024-02-09,load,load,-2,", rows[1], StringComparison.Ordinal);

        // The forecast of predict, as the sum of the baseline's and of what was written.
        string forecast = output.Split('\n').Single(line => line.StartsWith("load: forecast ", StringComparison.Ordinal));
        double[] numbers = [.. forecast.Split([' ', ',', ';']).Where(word => double.TryParse(word, CultureInfo.InvariantCulture, out _)).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        double next = double.Parse(_tool.Run("predict", "run").Output.Split('\n')[1].Split(',')[^1], CultureInfo.InvariantCulture);
        Assert.Equal(next, numbers[0], 1e-3);
        Assert.Equal(next, numbers[1] + rows[1..].Sum(row => double.Parse(row.Split(',')[^1], CultureInfo.InvariantCulture)), 2e-3);
        string page = _tool.Read("why.html");
        Assert.Contains("<h1>What run looks at</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--part 'tests': use one of train, validation, test, all; see lstmtorch explain --help", "--part", "tests")]
    [InlineData(2, "--series 'x': series.csv has no such series; it is one series; leave --series out", "--series", "x")]
    [InlineData(2, "--origin 2024-01-02: the model looks back on 3 rows, and up to this one there are 2; the first origin is 2024-01-03", "--origin", "2024-01-02")]
    [InlineData(2, "--origin 2025-01-01: series.csv has no such row; its rows go from 2024-01-01 to 2024-02-09", "--origin", "2025-01-01")]
    [InlineData(2, "--windows is 0; it must be at least 1", "--windows", "0")]
    [InlineData(2, "--step is 3; the model forecasts steps 1 to 2", "--step", "3")]
    [InlineData(73, "--csv series.csv: would replace series.csv, which is read; name another file", "--csv", "series.csv")]
    public void Explain_WrongOption_IsToldInOneLine(int exitCode, string expected, params string[] options) =>
        Assert.Equal($"lstmtorch: {expected}", trained.Tool.Run(["explain", "run", .. options]).Exits(exitCode).ErrorLine);

    [Fact]
    public void Explain_OtherData_HasNoParts()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("other.csv", rows: 20);

        Assert.Equal(
            "lstmtorch: --part test: other.csv is not the data that the model was trained on, and has no parts; leave --part out",
            _tool.Run("explain", "run", "other.csv", "--part", "test").Exits(2).ErrorLine);
        string output = _tool.Run("explain", "run", "other.csv").Exits(0).Output;
        Assert.Contains("windows          16 of all the data, origins 2024-01-03 to 2024-01-18\n", output, StringComparison.Ordinal);
        Assert.Contains("baseline         the mean of all rows of this data in every row\n", output, StringComparison.Ordinal);
    }
}
