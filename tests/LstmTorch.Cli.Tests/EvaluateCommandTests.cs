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
    }

    [Fact]
    public void Evaluate_DataOfTheRunIsGone_SaysSo()
    {
        trained.CopyTo(_tool);
        File.Delete(_tool.At("series.csv"));

        Assert.Contains(
            "series.csv: the data that the model was trained on is not there", _tool.Run("evaluate", "run").Exits(66).ErrorLine, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode node) =>
        node is JsonObject branch ? branch.SelectMany(entry => entry.Value is null ? [] : Leaves(entry.Value)) : [node];
}
