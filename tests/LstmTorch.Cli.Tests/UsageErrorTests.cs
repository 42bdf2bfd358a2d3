using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class UsageErrorTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("there is no command 'trian'; did you mean 'train'? see lstmtorch --help", "trian", "a.csv")]
    [InlineData("there is no command 'frobnicate'; see lstmtorch --help", "frobnicate")]
    [InlineData("there is no command 'trian'; did you mean 'train'? see lstmtorch --help", "help", "trian")]
    [InlineData("there is no command 'evalute'; did you mean 'evaluate'? see lstmtorch --help", "evalute", "--help")]
    [InlineData("there is no option '--epoch'; did you mean '--epochs'? see lstmtorch train --help", "train", "--epoch", "3")]
    [InlineData("there is no option '--epcohs'; did you mean '--epochs'? see lstmtorch train --help", "train", "a.csv", "--epcohs=3")]
    [InlineData("there is no option '--foo'; see lstmtorch predict --help", "predict", "run", "--foo")]
    [InlineData("'b.csv' is one argument too many; see lstmtorch train --help", "train", "a.csv", "b.csv")]
    [InlineData("Required argument 'MODEL' missing for command: 'predict'; see lstmtorch predict --help", "predict")]
    [InlineData("Required argument missing for option: '--epochs'; see lstmtorch train --help", "train", "--epochs")]
    public void CommandLine_Wrong_IsToldInOneLine(string expected, params string[] arguments)
    {
        ToolResult result = _tool.Run(arguments).Exits(2);

        Assert.Equal($"lstmtorch: {expected}", result.ErrorLine);
        Assert.Equal(string.Empty, result.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_tool.Folder));
    }

    [Theory]
    [InlineData("--seconds 'a': expected a number, with a decimal point; see lstmtorch bench --help", "bench", "--seconds", "a")]
    [InlineData("--seconds must be from 0 to 3600; see lstmtorch bench --help", "bench", "--seconds", "nan")]
    [InlineData("--threads 'a': expected a whole number; see lstmtorch experiment jsb-chorales --help", "experiment", "jsb-chorales", "--data", "a.json", "--threads", "a")]
    [InlineData("--jobs '1.5': expected a whole number; see lstmtorch sweep run --help", "sweep", "run", "sweep", "--jobs", "1.5")]
    [InlineData("--steps 'ten': expected a whole number; see lstmtorch lr-find --help", "lr-find", "--steps", "ten")]
    [InlineData("--steps must be at least 10; see lstmtorch lr-find --help", "lr-find", "--steps", "9")]
    [InlineData("--epochs 99999999999: the largest possible is 2147483647; see lstmtorch train --help", "train", "--epochs", "99999999999")]
    [InlineData("--epochs -99999999999: the least possible is -2147483648; see lstmtorch train --help", "train", "--epochs", "-99999999999")]
    [InlineData("--learning-rate is NaN; it must be above 0 and at most 1000", "train", "--learning-rate", "nan")]
    [InlineData("--start must be above 0 and below 1", "backtest", "--start", "nan")]
    [InlineData("--context-length 'a': expected a whole number; see lstmtorch train --help", "train", "--context-length", "a")]
    [InlineData("--folds 'few': expected a whole number; see lstmtorch backtest --help", "backtest", "--folds", "few")]
    public void Number_Wrong_IsToldInOneLine(string expected, params string[] arguments)
    {
        ToolResult result = _tool.Run(arguments).Exits(2);

        Assert.Equal($"lstmtorch: {expected}", result.ErrorLine);
        Assert.Empty(Directory.GetFileSystemEntries(_tool.Folder));
    }

    [Fact]
    public void Help_Number_TellsItsDefaultOnce()
    {
        string help = _tool.Run("bench", "--help").Exits(0).Output;

        Assert.Contains("Default: 3.", help, StringComparison.Ordinal);
        Assert.DoesNotContain("[default:", help, StringComparison.Ordinal);
    }

    [Fact]
    public void CommandLine_NegativeNumber_IsNoOption()
    {
        string error = _tool.Run("train", "--clip-norm", "-1").Exits(2).ErrorLine;

        Assert.Contains("--clip-norm is -1; it must be above 0", error, StringComparison.Ordinal);
    }
}
