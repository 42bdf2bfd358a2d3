using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class TrainOptionsTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("--target", "load,wind", "--hidden-size", "4,3")]
    [InlineData("--target", "load", "wind", "--hidden-size", "4", "3")]
    [InlineData("--target", "load, wind", "--hidden-size", "4,3", "--intervals", "0.5", "0.8")]
    [InlineData("--target", "load", "wind", "--hidden-size", "4,3", "--loss", "quantile", "--quantiles", "0.1", "0.9")]
    public void Lists_WithCommasOrSpaces_AreTheSame(params string[] options)
    {
        _tool.WriteSeries();
        _tool.Run(["train", .. options, "series.csv", "--out", "run", "--context-length", "3", "--epochs", "1"]).Exits(0);
        JsonNode model = JsonNode.Parse(_tool.Read("run", "config.json"))!["model"]!;

        Assert.Equal("""["load","wind"]""", model["targets"]!.ToJsonString());
        Assert.Equal("[4,3]", model["hidden_sizes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("--calendar", "weekday", "month")]
    [InlineData("--calendar", "weekday,month")]
    public void Calendar_WithCommasOrSpaces_IsTheSame(params string[] options)
    {
        _tool.WriteSeries();
        _tool.Run(["train", .. options, "series.csv", "--out", "run", "--context-length", "3", "--hidden-size", "4", "--epochs", "1"]).Exits(0);

        Assert.Equal("""["weekday","month"]""", JsonNode.Parse(_tool.Read("run", "config.json"))!["model"]!["calendar"]!.ToJsonString());
    }

    [Fact]
    public void Target_NameWithAComma_IsOneColumn()
    {
        _tool.WriteSeries(change: lines => lines[0] = "date,\"load, net\",wind");
        _tool.TrainTiny("run", "--target", "load, net").Exits(0);

        Assert.Equal("""["load, net"]""", JsonNode.Parse(_tool.Read("run", "config.json"))!["model"]!["targets"]!.ToJsonString());
    }

    [Theory]
    [InlineData("--target: 'load' is named twice", "--target", "load", "load")]
    [InlineData("--inputs: 'wind' is named twice", "--inputs", "wind,load,wind")]
    [InlineData("--inputs names all inputs, and --past-covariates those beside the targets; give one of them", "--inputs", "wind", "--past-covariates", "wind")]
    [InlineData("--future-covariates 'load': it is a target", "--target", "load", "--future-covariates", "load")]
    [InlineData("with --wide each column is a series and its own input; leave out --inputs", "--wide", "--inputs", "wind")]
    [InlineData("with --wide each column is a series and its own input; leave out --series-id", "--wide", "--series-id", "wind")]
    [InlineData("--calendar hour: the rows of series.csv lie 1 day apart", "--calendar", "hour")]
    [InlineData("--target ',': there is no such column", "--target", ",")]
    public void Columns_ThatCannotBe_AreWrongUsage(string words, params string[] options)
    {
        _tool.WriteSeries();

        Assert.Contains(words, _tool.TrainTiny("run", options).Exits(2).ErrorLine, StringComparison.Ordinal);
    }
}
