using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class EvaluateCommandTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Evaluate_DataOfTheRun_RepeatsItsMetrics()
    {
        ToolResult result = trained.Tool.Run("evaluate", "run", "--json").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        JsonNode expected = JsonNode.Parse(trained.Tool.Read("run", "metrics.json"))!["splits"]!, actual = JsonNode.Parse(result.Output)!["splits"]!;
        Assert.Equal(expected.ToJsonString(), actual.ToJsonString());
    }

    [Fact]
    public void Evaluate_OtherData_MeasuresAllOfIt()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("other.csv", rows: 20);
        JsonObject splits = JsonNode.Parse(_tool.Run("evaluate", "run", "other.csv", "--json").Exits(0).Output)!["splits"]!.AsObject();

        Assert.Equal("all", Assert.Single(splits).Key);
        Assert.Equal(16, (int)splits["all"]!["windows"]!);
        Assert.Equal("2024-01-20", (string?)splits["all"]!["to"]);

        // What is fitted to training windows has none here.
        Assert.NotNull(splits["all"]!["theta"]);
        Assert.False(splits["all"]!.AsObject().ContainsKey("linear"));
        Assert.Contains("There is no linear baseline", _tool.Run("evaluate", "run", "other.csv").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_SeveralSeries_MeasuresEach()
    {
        _tool.WriteSeries(rows: 80, change: lines =>
        {
            lines[0] = "date,load,plant";
            for (int row = 1; row < lines.Count; row++)
                lines[row] = $"{lines[((row - 1) % 40) + 1].Split(',')[0]},{row * row % 17},{(row <= 40 ? "north" : "south")}";
        });
        _tool.TrainTiny("run", "--series-id", "plant", "--target", "load").Exits(0);
        string[] written = _tool.Read("run", "series.csv").TrimEnd('\n').Split('\n');
        JsonArray series = JsonNode.Parse(_tool.Run("evaluate", "run", "--json").Exits(0).Output)!["series"]!.AsArray();

        Assert.Equal(["north", "south"], written[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(written[1..].Select(line => line.Split(',')[3]), series.Select(each => each!["mae"]!.ToJsonString()));
        Assert.Contains("Series by series, the model beats the best baseline of each on", _tool.Run("evaluate", "run").Exits(0).Output, StringComparison.Ordinal);
        Assert.Contains("<h2>Each series</h2>", _tool.Read("run", "report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_DataOfTheRunIsGone_SaysSo()
    {
        trained.CopyTo(_tool);
        File.Delete(_tool.At("series.csv"));

        Assert.Contains(
            "series.csv: the data that the model was trained on is not there", _tool.Run("evaluate", "run").Exits(66).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void DataOfTheRun_ChangedSinceTraining_IsRemarkedOn()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries(rows: 41);
        string changed = $"lstmtorch: series.csv: not the file that the model was trained on, or changed since (40 rows then, 41 now): read from {_tool.At("series.csv")}";

        Assert.Equal(changed, _tool.Run("predict", "run").Exits(0).ErrorLine);
        string[] lines = _tool.Run("evaluate", "run").Exits(0).Error.TrimEnd('\n').Split('\n');
        Assert.Equal(changed, lines[0]);

        // Of 40 rows the last 6 are the test part.
        Assert.Equal("lstmtorch: series.csv: all of it is measured together, though it holds 34 rows from before the test part of the training: where the model has seen them, the errors are too small", Assert.Single(lines[1..]));
        Assert.Equal(string.Empty, _tool.Run("evaluate", "run", "--quiet").Exits(0).Error);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(20, true)]
    [InlineData(34, false)]
    [InlineData(100, false)]
    public void Evaluate_OtherDataFromBeforeTheTestPart_IsRemarkedOn(int skipped, bool remarked)
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("more.csv", rows: 120, lines => lines.RemoveRange(1, skipped));
        string error = _tool.Run("evaluate", "run", "more.csv").Exits(0).Error;

        Assert.Equal(remarked, error.Contains($"though it holds {34 - skipped} rows from before the test part", StringComparison.Ordinal));
        Assert.Equal(remarked, error.Length > 0);
    }
}
