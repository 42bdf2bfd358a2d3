using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class UsageErrorTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("there is no command 'trian'; did you mean 'train'? see lstmtorch --help", "trian", "a.csv")]
    [InlineData("there is no command 'frobnicate'; see lstmtorch --help", "frobnicate")]
    [InlineData("there is no option '--epoch'; did you mean '--epochs'? see lstmtorch train --help", "train", "--epoch", "3")]
    [InlineData("there is no option '--epcohs'; did you mean '--epochs'? see lstmtorch train --help", "train", "a.csv", "--epcohs=3")]
    [InlineData("there is no option '--foo'; see lstmtorch predict --help", "predict", "run", "--foo")]
    [InlineData("'b.csv' is one argument too many; see lstmtorch train --help", "train", "a.csv", "b.csv")]
    [InlineData("Required argument 'MODEL' missing for command: 'predict'; see lstmtorch predict --help", "predict")]
    [InlineData("Required argument missing for option: '--epochs'; see lstmtorch train --help", "train", "--epochs")]
    [InlineData("Cannot parse argument 'a' for option '--seconds' as expected type 'System.Double'; see lstmtorch bench --help", "bench", "--seconds", "a")]
    [InlineData("Cannot parse argument 'a' for option '--threads' as expected type 'System.Int32'; see lstmtorch experiment jsb-chorales --help", "experiment", "jsb-chorales", "--data", "a.json", "--threads", "a")]
    [InlineData("Cannot parse argument '1.5' for option '--jobs' as expected type 'System.Int32'; see lstmtorch sweep run --help", "sweep", "run", "sweep", "--jobs", "1.5")]
    [InlineData("Cannot parse argument 'ten' for option '--steps' as expected type 'System.Int32'; see lstmtorch lr-find --help", "lr-find", "--steps", "ten")]
    public void CommandLine_Wrong_IsToldInOneLine(string expected, params string[] arguments)
    {
        ToolResult result = _tool.Run(arguments).Exits(2);

        Assert.Equal($"lstmtorch: {expected}", result.ErrorLine);
        Assert.Equal(string.Empty, result.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_tool.Folder));
    }

    [Fact]
    public void CommandLine_NegativeNumber_IsNoOption()
    {
        string error = _tool.Run("train", "--clip-norm", "-1").Exits(2).ErrorLine;

        Assert.Contains("--clip-norm is -1; it must be above 0", error, StringComparison.Ordinal);
    }
}
