using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Data from pipes, and results into devices that take none.</summary>
public sealed class PipeTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("cat series.csv | $TOOL train - --out out $OPTIONS")]
    [InlineData("cat series.csv | $TOOL train /dev/stdin --out out $OPTIONS")]
    [InlineData("$TOOL train <(cat series.csv) --out out $OPTIONS")]
    public void Train_DataFromAPipe_TrainsTheModelOfTheFile(string command)
    {
        _tool.WriteSeries();
        Shell(command.Replace("$OPTIONS", string.Join(' ', [.. Tool.Tiny, "--epochs", "2", "--horizon", "2"]), StringComparison.Ordinal)).Exits(0);

        Assert.Equal(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("out", "model.safetensors"));
        Assert.Contains("trained on data from a pipe", _tool.Run("predict", "out").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Equal(trained.Tool.Run("predict", "run").Output, Shell("cat series.csv | $TOOL predict out -").Exits(0).Output);
    }

    [Fact]
    public void Train_StandardInputWithoutOut_GoesToCheckpointsStdin()
    {
        _tool.WriteSeries();
        Shell($"$TOOL train - --epochs 1 {string.Join(' ', Tool.Tiny)} < series.csv").Exits(0);

        Assert.True(File.Exists(_tool.At("checkpoints", "stdin", "model.safetensors")));
        Shell($"$TOOL backtest - --folds 2 --epochs 1 {string.Join(' ', Tool.Tiny)} < series.csv").Exits(0);
        Assert.True(File.Exists(_tool.At("checkpoints", "stdin-backtest", "backtest.json")));
    }

    [Fact]
    public void Train_BadRowOfAPipe_IsNamed()
    {
        _tool.WriteSeries(change: lines => lines[3] += ",1");

        Assert.Contains("standard input, line 4: the row has 4 fields", Shell("cat series.csv | $TOOL train -").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict run")]
    [InlineData("predict run --json")]
    [InlineData("evaluate run")]
    [InlineData("explain run")]
    [InlineData("info run")]
    public void Results_IntoAFullDevice_CannotBeWritten(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        trained.CopyTo(_tool);

        Assert.Contains("standard output: cannot be written", Shell($"$TOOL {command} > /dev/full").Exits(73).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OutWithoutName_IsWrongUsage() =>
        Assert.Contains("--out '' names no folder", _tool.Run("train", "--out", "").Exits(2).ErrorLine, StringComparison.Ordinal);

    private ToolResult Shell(string command)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash to make pipes with");
        return _tool.RunProgram("/bin/bash", "-c", command.Replace("$TOOL", $"'{Tool.DotNet}' '{_tool.Dll}'", StringComparison.Ordinal));
    }
}
