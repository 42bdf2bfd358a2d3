using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ConfigFileTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Config_WithOptions_IsOverruledByTheCommandLine()
    {
        _tool.WriteSeries();
        _tool.Write("options.json", """
            {"data": "series.csv", "out": "from-file", "hidden_size": 4, "target": "wind", "context_length": 5, "horizon": 2, "epochs": 1, "inputs": "target", "patience": null}
            """);
        _tool.Run("train", "--config", "options.json", "--context-length", "3", "--out", "run").Exits(0);

        JsonNode metrics = JsonNode.Parse(_tool.Read("run", "metrics.json"))!;
        Assert.Equal((3, 2, 1), ((int)metrics["context_length"]!, (int)metrics["horizon"]!, (int)metrics["epochs"]!));
        Assert.Equal(["wind"], metrics["target"]!.AsArray().Select(name => (string)name!));
        Assert.False(Path.Exists(_tool.At("from-file")));
    }

    [Fact]
    public void Config_OfARun_RepeatsTheRun()
    {
        trained.CopyTo(_tool);
        _tool.Run("train", "--config", "run/config.json", "--out", "again").Exits(0);

        Assert.Equal(_tool.Sha256("run", "model.safetensors"), _tool.Sha256("again", "model.safetensors"));
    }

    [Theory]
    [InlineData("""{"epoch": 3}""", "options.json: there is no option 'epoch'; did you mean 'epochs'?")]
    [InlineData("""{"format_version": 1, "folds": []}""", "options.json: holds no options of train; name a JSON file of options, or a run's config.json")]
    [InlineData("""{"frobnicate": 3}""", "options.json: there is no option 'frobnicate'; lstmtorch train --help lists them")]
    [InlineData("""{"epochs": "3"}""", "options.json: epochs is \"3\"; it must be a whole number")]
    [InlineData("""{"dropout": "none"}""", "options.json: dropout is \"none\"; it must be a number")]
    [InlineData("""{"target": 4}""", "options.json: target is 4; it must be a list of names")]
    [InlineData("""{"hidden_size": "wide"}""", "options.json: hidden_size is \"wide\"; it must be a list of whole numbers")]
    [InlineData("""{"peephole": "ful"}""", "options.json: peephole is \"ful\"; it must be one of \"none\", \"diagonal\", \"full\"")]
    [InlineData("""{"context_length": "all"}""", "options.json: context_length is \"all\"; it must be a whole number, or \"auto\"")]
    [InlineData("""{"epochs": 0}""", "--epochs is 0; it must be at least 1")]
    [InlineData("{\n\"epochs\": 3,,\n}", "options.json, line 2: not JSON")]
    [InlineData("[1]", "options.json: must hold a JSON object")]
    [InlineData("null", "options.json: must hold a JSON object")]
    public void Config_Wrong_NamesFileAndOption(string text, string words)
    {
        _tool.WriteSeries();
        _tool.Write("options.json", text);
        string error = _tool.Run("train", "series.csv", "--config", "options.json", "--out", "out").Exits(2).ErrorLine;

        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.False(Path.Exists(_tool.At("out")));
    }

    [Fact]
    public void Config_Missing_IsNotFound() =>
        Assert.Contains("no.json: there is no such file", _tool.Run("train", "--config", "no.json").Exits(66).ErrorLine, StringComparison.Ordinal);
}
