using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class BenchCommandTests : IDisposable
{
    private const string Case = "{\"batch\":2,\"steps\":3,\"input_size\":2,\"hidden_size\":4,\"layers\":1,\"pass\":\"forward\",\"peephole\":\"full\",\"ratio\":";

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Bench_TwoKinds_RunsEachInAProcessOfItsOwn()
    {
        ToolResult result = _tool.Run("bench", "--case", "2,3,2,4", "--pass", "forward", "--seconds", "0", "--processes", "1", "--threads", "1", "--json").Exits(0);
        JsonNode report = JsonNode.Parse(result.Output)!;

        Assert.Equal(1, (int)report["threads"]!);
        Assert.Equal(["diagonal", "full"], report["cases"]!.AsArray().Select(row => (string?)row!["peephole"]));
        Assert.All(report["cases"]!.AsArray(), row => Assert.Equal((double)row!["nn_lstm_milliseconds"]! / (double)row["milliseconds"]!, (double)row["ratio"]!, 0.05));
        Assert.StartsWith("2,3,2,4,1 forward diagonal: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.000001", 0)]
    [InlineData("1000000", 1)]
    public void Require_RatioOfTheFile_DecidesTheExitCode(string ratio, int exitCode)
    {
        _tool.Write("required.json", $"{{\"cases\":[{Case}{ratio}}}]}}");
        ToolResult result = _tool.Run("bench", "--require", "required.json", "--seconds", "0", "--processes", "1", "--quiet").Exits(exitCode);

        Assert.Equal(exitCode == 1, result.Output.Contains("MISSED", StringComparison.Ordinal));
        Assert.Contains("required", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Require_NotACaseFile_IsBadData()
    {
        _tool.Write("required.json", "{}");
        _tool.Run("bench", "--require", "required.json").Exits(65);
    }

    [Theory]
    [InlineData("32,30,4,50,3", "--case", "1,2")]
    [InlineData("--seconds", "--seconds", "-1")]
    [InlineData("--seconds", "--seconds", "NaN")]
    [InlineData("--threads", "--threads", "0")]
    [InlineData("--processes", "--processes", "0")]
    public void Option_OutOfRange_SaysWhatIsWanted(string wanted, params string[] options) =>
        Assert.Contains(wanted, _tool.Run(["bench", .. options]).Exits(2).ErrorLine, StringComparison.Ordinal);
}
