using System.Text.Json;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class TimingCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("spike-delays", "Measures the delays between spikes: delays of 10 to 11 steps, one cell; learned is what is right to 0.49 at each of 11000 steps of a fresh stream")]
    [InlineData("timed-spikes", "Generates spikes at given delays: delays of 10 to 11 steps, one cell; learned is what is right to 0.49 at each of 11000 steps of a fresh stream")]
    [InlineData("waves", "Generates a wave out of nothing: a cosine of 10 steps a period, one cell; learned is what is right to 0.3 at each of 10000 steps of a fresh stream")]
    public void Experiment_OfTiming_PrintsATableOfTheKinds(string name, string title)
    {
        ToolResult result = _tool.Run("experiment", name, "--steps", "2", "--seeds", "1").Exits(0);
        Assert.Equal(3, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        string[] lines = result.Output.Split('\n');
        Assert.Equal(title, lines[0]);
        Assert.Equal(["LSTM, no peepholes", "LSTM, diagonal peepholes", "LSTM, full peepholes"], lines[3..6].Select(line => line[..line.IndexOf("  ", StringComparison.Ordinal)]));
        Assert.All(lines[3..6], line => Assert.Contains("0 of 1", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Experiment_OfTimingAsJson_HasEachFit()
    {
        ToolResult result = _tool.Run(
            "experiment", "spike-delays", "--interval", "2", "--range", "1", "--hidden-size", "4", "--seeds", "2", "--seed", "5", "--steps", "3000", "--peephole", "full", "--json", "--quiet").Exits(0);
        Assert.Empty(result.Error);
        using var document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(("spike-delays", "delays of 2 to 3 steps", 4), (root.GetProperty("experiment").GetString(), root.GetProperty("task").GetString(), root.GetProperty("hidden_size").GetInt32()));
        JsonElement network = root.GetProperty("networks")[0];
        JsonElement[] fits = [.. network.GetProperty("fits").EnumerateArray()];
        Assert.Equal([5, 6], fits.Select(fit => fit.GetProperty("seed").GetInt32()));
        Assert.All(fits, fit => Assert.True(fit.GetProperty("is_learned").GetBoolean()));
        Assert.Equal(2, network.GetProperty("learned").GetInt32());
        Assert.Equal(fits.Min(fit => fit.GetProperty("steps").GetInt32()), network.GetProperty("median_steps").GetInt32());
    }

    [Theory]
    [InlineData("spike-delays", "--interval", "0", "--interval is 0; it must be from 1 to 1000")]
    [InlineData("timed-spikes", "--range", "0", "--range is 0; it must be from 1 to 100")]
    [InlineData("waves", "--shape", "square", "--shape 'square': use one of cosine, triangle, rectangle")]
    [InlineData("waves", "--peephole", "half", "--peephole 'half': use one or more of none, diagonal, full")]
    [InlineData("waves", "--learning-rate", "0", "--learning-rate is 0; it must be above 0 and at most 1000")]
    public void Experiment_OfTimingWithABadOption_IsWrongUsage(string name, string option, string value, string message) =>
        Assert.Contains(message, _tool.Run("experiment", name, option, value).Exits(2).ErrorLine, StringComparison.Ordinal);
}
