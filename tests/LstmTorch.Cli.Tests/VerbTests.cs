using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class VerbTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("train", "lstmtorch train sales.csv --target revenue --horizon 7")]
    [InlineData("predict", "lstmtorch predict checkpoints/sales sales.csv --out forecast.csv")]
    [InlineData("evaluate", "lstmtorch evaluate checkpoints/sales new-sales.csv")]
    [InlineData("explain", "lstmtorch explain checkpoints/sales --out explained.html")]
    [InlineData("info", "lstmtorch info checkpoints/seattle-weather")]
    [InlineData("verify", "lstmtorch verify")]
    public void Help_OfAVerb_EndsOnItsExample(string verb, string example)
    {
        ToolResult result = _tool.Run(verb, "--help").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        Assert.EndsWith($"Example:\n  {example}\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpAsAVerb_IsTheOptionHelp()
    {
        Assert.Equal(_tool.Run("--help").Exits(0).Output, _tool.Run("help").Exits(0).Output);
        Assert.Equal(_tool.Run("train", "--help").Exits(0).Output, _tool.Run("help", "train").Exits(0).Output);
    }

    [Fact]
    public void NoArguments_PrintTheHelp()
    {
        ToolResult bare = _tool.Run().Exits(0), help = _tool.Run("--help").Exits(0);

        Assert.Equal(help.Output, bare.Output);
        foreach (string verb in new[] { "train", "predict", "evaluate", "explain", "info", "verify" })
            Assert.Contains($"\n  {verb} ", help.Output, StringComparison.Ordinal);
    }
}
