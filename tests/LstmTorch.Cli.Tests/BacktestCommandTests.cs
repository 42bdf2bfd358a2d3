using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class BacktestCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Backtest_OfAFile_PrintsFoldsAndWritesThem()
    {
        _tool.WriteSeries("load.csv");
        string[] call = ["backtest", "load.csv", "--target", "load", "--epochs", "1", "--hidden-size", "3", "--context-length", "4", "--folds", "3", "--out", "folds"];
        ToolResult result = _tool.Run(call);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("of 3 folds.", result.Output, StringComparison.Ordinal);
        Assert.Contains("fold 3, ", result.Error, StringComparison.Ordinal);
        JsonNode written = JsonNode.Parse(File.ReadAllText(_tool.At("folds/backtest.json")))!;
        Assert.Equal(3, written["folds"]!.AsArray().Count);
        Assert.Equal("expanding", (string?)written["backtest"]!["window"]);
        Assert.StartsWith("series,origin,", File.ReadAllText(_tool.At("folds/predictions.csv")), StringComparison.Ordinal);

        string report = _tool.Read("folds", "report.html");
        Assert.Contains("load on this data: the model ", report, StringComparison.Ordinal);
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(report, "<tr><th scope=\"row\">[123]</th><td>2024-0"));

        ToolResult again = _tool.Run(call);
        Assert.Equal(73, again.ExitCode);
        Assert.Contains("--overwrite replaces it", again.Error, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse(_tool.Run([.. call, "--overwrite", "--json", "--quiet"]).Output)!;
        Assert.Equal((double)written["all"]!["model"]!["rmse"]!, (double)json["all"]!["model"]!["rmse"]!);
    }

    [Fact]
    public void Backtest_WrongOption_IsUsage() =>
        Assert.Equal(2, _tool.Run("backtest", "--folds", "0").ExitCode);
}
