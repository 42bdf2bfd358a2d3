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
    public void Backtest_Resumed_TrainsNoFinishedFoldAgainAndWritesTheSame()
    {
        _tool.WriteSeries();
        string[] call = ["backtest", "series.csv", .. Tool.Tiny, "--epochs", "1", "--folds", "3", "--intervals", "0.8", "--out", "folds"];
        _tool.Run(call).Exits(0);
        string whole = _tool.Sha256("folds", "predictions.csv"), results = _tool.Sha256("folds", "backtest.json");
        byte[] first = File.ReadAllBytes(_tool.At("folds", "folds", "fold-1.safetensors"));
        Assert.StartsWith("series,origin,", _tool.Read("folds", "folds", "fold-3.csv"), StringComparison.Ordinal);

        // As after a crash in the third fold.
        foreach (string file in (string[])["backtest.json", "predictions.csv", "folds/fold-3.safetensors", "folds/fold-3.csv"])
            File.Delete(_tool.At("folds", file));
        DateTime written = File.GetLastWriteTimeUtc(_tool.At("folds", "folds", "fold-1.safetensors"));
        _tool.Run([.. call, "--resume"]).Exits(0);
        Assert.Equal((whole, results), (_tool.Sha256("folds", "predictions.csv"), _tool.Sha256("folds", "backtest.json")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_tool.At("folds", "folds", "fold-1.safetensors")));
        Assert.Equal(first, File.ReadAllBytes(_tool.At("folds", "folds", "fold-1.safetensors")));

        Assert.Contains("begun with --seed 0, not --seed 1", _tool.Run([.. call, "--resume", "--seed", "1"]).Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("begun with --folds 3, not --folds 2", _tool.Run([.. call.Select(word => word == "3" ? "2" : word), "--resume"]).Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--resume goes on with it", _tool.Run(call).Exits(73).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("no backtest to resume", _tool.Run([.. call[..^1], "none", "--resume"]).Exits(66).ErrorLine, StringComparison.Ordinal);
        _tool.WriteSeries(rows: 41);
        Assert.Contains("not the data", _tool.Run([.. call, "--resume"]).Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Backtest_Compare_HoldsModelsAgainstTheFirst()
    {
        _tool.WriteSeries();
        _tool.Write("small.json", """{"hidden_size": 2, "context_length": 3}""");
        _tool.Write("wide.json", """{"hidden_size": [4, 4], "context_length": "auto", "dropout": 0}""");
        string[] call = ["backtest", "series.csv", "--target", "load", "--compare", "small.json,wide.json", "--epochs", "1", "--folds", "2", "--stride", "2", "--horizon", "2", "--out", "both"];
        ToolResult result = _tool.Run(call).Exits(0);

        Assert.Matches("(?m)^small .* - +- +-$", result.Output);
        Assert.Matches("(?m)^wide ", result.Output);
        Assert.Contains("wide, fold 2, ", result.Error, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse(_tool.Read("both", "comparison.json"))!;
        Assert.Equal(["small", "wide", "naive", "seasonal naive (7)"], json["forecasts"]!.AsArray().Take(4).Select(each => (string)each!["name"]!));
        Assert.Null(json["forecasts"]![0]!["to_first"]);
        Assert.InRange((double)json["forecasts"]![1]!["to_first"]!["p_value"]!, 0, 1);
        Assert.Equal(2, JsonNode.Parse(_tool.Read("both", "wide", "backtest.json"))!["folds"]!.AsArray().Count);
        Assert.Equal(_tool.Read("both", "comparison.json"), _tool.Run([.. call, "--resume", "--json", "--quiet"]).Exits(0).Output);
    }

    [Fact]
    public void Backtest_CompareWhatCannotBe_IsUsage()
    {
        _tool.WriteSeries();
        _tool.Write("a.json", """{"horizon": 2}""");
        _tool.Write("b.json", """{"horizon": 3}""");
        Assert.Contains("'b' predicts something else than 'a'", _tool.Run("backtest", "series.csv", "--compare", "a.json,b.json").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("two files have one name", _tool.Run("backtest", "series.csv", "--compare", "a.json,a.json").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("none.json", _tool.Run("backtest", "series.csv", "--compare", "a.json,none.json").Exits(66).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Backtest_WrongOption_IsUsage() =>
        Assert.Equal(2, _tool.Run("backtest", "--folds", "0").ExitCode);
}
