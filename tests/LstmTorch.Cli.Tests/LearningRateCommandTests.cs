using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class LearningRateCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void LrFind_OfAFile_SuggestsWhatTrainTakesAndDraws()
    {
        _tool.WriteSeries();
        string[] call = ["lr-find", "series.csv", .. Tool.Tiny, "--steps", "40"];
        ToolResult text = _tool.Run([.. call, "--out", "rates.png"]).Exits(0);
        JsonNode json = JsonNode.Parse(_tool.Run([.. call, "--json", "--out", "rates.svg"]).Exits(0).Output)!;

        string rate = Regex.Match(text.Output, "suggested: --learning-rate ([^ ]+)").Groups[1].Value;
        Assert.Equal((double)json["suggested"]!, double.Parse(rate, CultureInfo.InvariantCulture), 0.06 * (double)json["suggested"]!);
        Assert.Equal(1e-6, (double)json["points"]![0]!["learning_rate"]!, 1e-15);
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(_tool.At("rates.png"))[..4]);
        Assert.Contains("<svg", _tool.Read("rates.svg"), StringComparison.Ordinal);
        _tool.TrainTiny("run", "--learning-rate", rate).Exits(0);

        // The run's own configuration names its directory, which is no plot.
        _tool.Run("lr-find", "series.csv", "--config", Path.Combine("run", "config.json"), "--steps", "10").Exits(0);
    }

    [Theory]
    [InlineData(2, "name a file that ends on .png or .svg", "--out", "rates.txt")]
    [InlineData(2, "--steps must be at least 10", "--steps", "9")]
    [InlineData(73, "there is no folder", "--out", "none/rates.png")]
    public void LrFind_WhatCannotBe_IsOneLine(int exitCode, string words, params string[] options)
    {
        _tool.WriteSeries();
        Assert.Contains(words, _tool.Run(["lr-find", "series.csv", .. options]).Exits(exitCode).ErrorLine, StringComparison.Ordinal);
    }
}
