using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class MusicCommandTests : IDisposable
{
    private const string Pieces = """{"train": [[[60], [62], [64]], [[62], [64]]], "valid": [[[60], [62]]], "test": [[[62], [64], [60]]]}""";

    private static readonly string[] s_tiny = ["--data", "pieces.json", "--hidden-size", "2,3", "--epochs", "2"];

    private readonly Tool _tool = new();

    public MusicCommandTests() => _tool.Write("pieces.json", Pieces);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Experiment_Music_PrintsNetworksBaselinesAndPublishedFigures()
    {
        ToolResult result = _tool.Run(["experiment", "jsb-chorales", .. s_tiny, "--seeds", "1"]).Exits(0);
        Assert.Equal(3, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (string row in new[] { "LSTM, no peepholes", "LSTM, diagonal peepholes ", "LSTM, full peepholes", "each key as after its last frame", "each key as often as in training", "LSTM, diagonal peepholes, 36 units (Chung et al., 2014)" })
            Assert.Contains(row, result.Output, StringComparison.Ordinal);
        Assert.Contains("8.67", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiment_MusicAsJson_HasEachFit()
    {
        ToolResult result = _tool.Run(["experiment", "nottingham", .. s_tiny, "--seeds", "2", "--seed", "5", "--peephole", "full,none", "--json", "--quiet"]).Exits(0);
        Assert.Empty(result.Error);
        using var document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.Equal("nottingham", root.GetProperty("experiment").GetString());
        Assert.Equal(2, root.GetProperty("test_frames").GetInt32());
        JsonElement[] networks = [.. root.GetProperty("networks").EnumerateArray()];
        Assert.Equal(["full", "none"], networks.Select(network => network.GetProperty("peephole").GetString()));
        JsonElement[] fits = [.. networks[0].GetProperty("fits").EnumerateArray()];
        Assert.Equal([5, 6], fits.Select(fit => fit.GetProperty("seed").GetInt32()));
        Assert.Equal(fits.Average(fit => fit.GetProperty("test").GetDouble()), networks[0].GetProperty("test").GetProperty("mean").GetDouble(), 1e-9);
        Assert.Equal(2, fits[0].GetProperty("epochs").GetInt32());
        Assert.Equal(3.20, root.GetProperty("published")[0].GetProperty("test").GetDouble());
        Assert.Equal(2, root.GetProperty("baselines").GetArrayLength());
    }

    [Theory]
    [InlineData("--peephole", "none,half", "--peephole 'half': use one or more of none, diagonal, full")]
    [InlineData("--hidden-size", "10,x", "--hidden-size 'x': give one number a layer")]
    [InlineData("--dropout", "1", "--dropout is 1; it must be from 0 to below 1")]
    [InlineData("--dropout", "0,5", "--dropout '0,5': expected a number, with a decimal point")]
    [InlineData("--recipe", "huge", "--recipe 'huge': use one of small, large")]
    [InlineData("--threads", "0", "--threads must be at least 1")]
    public void Experiment_MusicWithABadOption_IsWrongUsage(string option, string value, string message)
    {
        ToolResult result = _tool.Run("experiment", "jsb-chorales", "--data", "pieces.json", option, value).Exits(2);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiment_MusicWithNotesThatNoPianoHas_IsBadData()
    {
        _tool.Write("pieces.json", Pieces.Replace("[[62], [64], [60]]", "[[62], [64], [120]]", StringComparison.Ordinal));
        ToolResult result = _tool.Run(["experiment", "jsb-chorales", .. s_tiny]).Exits(65);
        Assert.Contains("pieces.json: \"test\", piece 1, frame 3: note 120", result.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiment_MusicWithoutItsFile_IsNotFound() =>
        Assert.Contains("none.json: there is no such file", _tool.Run("experiment", "jsb-chorales", "--data", "none.json").Exits(66).ErrorLine, StringComparison.Ordinal);

    [Fact]
    public async Task Experiment_MusicInterrupted_EndsWithItsExitCode()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill, under their names on Linux.");
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using Process process = _tool.Start(["experiment", "jsb-chorales", .. s_tiny, "--seeds", "1000000", "--patience", "1"]);
        Assert.Contains("seed 0", await process.StandardError.ReadLineAsync(cancelled), StringComparison.Ordinal);
        _tool.RunProgram("kill", "-TERM", $"{process.Id}").Exits(0);
        string error = await process.StandardError.ReadToEndAsync(cancelled);
        Tool.WaitForEnd(process);

        Assert.Equal(75, process.ExitCode);
        Assert.Contains("run the same command again", error, StringComparison.Ordinal);
    }
}
