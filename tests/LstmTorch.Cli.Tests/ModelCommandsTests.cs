using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ModelCommandsTests : IDisposable
{
    private readonly Tool _tool = new();

    public ModelCommandsTests() =>
        Assert.Equal(0, _tool.Run(["train", _tool.WriteWave(), "--out", "run", "--horizon", "2", .. Tool.Small]).ExitCode);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Predict_AfterTheEnd_IsCsvWithTheNextTimes()
    {
        ToolResult result = _tool.Run("predict", "run");
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("series,origin,timestamp,step,target,actual,forecast", lines[0]);
        Assert.StartsWith(",2024-02-29,2024-03-01,1,level,,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(",2024-02-29,2024-03-02,2,level,,", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);

        ToolResult written = _tool.Run("predict", "run/model.safetensors", "wave.csv", "--out", "forecast.csv");
        Assert.Equal((0, string.Empty), (written.ExitCode, written.Output));
        Assert.Equal(result.Output, File.ReadAllText(_tool.PathOf("forecast.csv")));

        using JsonDocument json = JsonDocument.Parse(_tool.Run("predict", "run", "--json").Output);
        Assert.Equal("2024-03-01", json.RootElement[0].GetProperty("timestamp").GetString());
    }

    [Fact]
    public void Predict_AllWindows_HasTheActualValues()
    {
        string[] lines = _tool.Run("predict", "run", "--all").Output.TrimEnd('\n').Split('\n');

        // 60 rows, context 3, horizon 2: origins 2 to 57, two steps each.
        Assert.Equal(1 + (56 * 2), lines.Length);
        Assert.All(lines.Skip(1), line => Assert.NotEmpty(line.Split(',')[5]));
    }

    [Fact]
    public void Evaluate_OnTheRunsData_EqualsItsMetrics()
    {
        JsonNode expected = JsonNode.Parse(File.ReadAllText(_tool.PathOf("run/metrics.json")))!["splits"]!;
        JsonNode actual = JsonNode.Parse(_tool.Run("evaluate", "run", "--json").Output)!["splits"]!;
        foreach (string part in new[] { "train", "validation", "test" })
        {
            // float32 forecasts; another number of windows a batch may round otherwise.
            Assert.Equal((double)expected[part]!["model"]!["rmse"]!, (double)actual[part]!["model"]!["rmse"]!, 1e-5);
            Assert.Equal((double)expected[part]!["naive"]!["mase"]!, (double)actual[part]!["naive"]!["mase"]!, 1e-12);
        }

        _tool.WriteWave("other.csv", 40);
        ToolResult other = _tool.Run("evaluate", "run", "other.csv");
        Assert.Equal(0, other.ExitCode);
        Assert.Contains("36 windows", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_OfModelAndEnvironment_NamesTheFacts()
    {
        string model = _tool.Run("info", "run").Output;
        Assert.Contains("level, 2 step(s) ahead", model, StringComparison.Ordinal);
        Assert.Contains("full, ifco", model, StringComparison.Ordinal);
        string environment = _tool.Run("info").Output;
        Assert.All(["libtorch", "vectors", "threads", "cuda", "kernels"], fact => Assert.Contains(fact, environment, StringComparison.Ordinal));
        using JsonDocument json = JsonDocument.Parse(_tool.Run("info", "--json").Output);
        Assert.Contains("reference", json.RootElement.GetProperty("kernels").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OfGoodAndChangedCases_FailsWhereItMust()
    {
        ToolResult good = _tool.Run("verify");
        Assert.Equal(0, good.ExitCode);
        Assert.DoesNotContain("FAILED", good.Output, StringComparison.Ordinal);

        string source = File.ReadAllText(Path.Combine(Tool.Repository, "src/LstmTorch/Recurrent/Verification/cases/full_ifo.json"));
        JsonNode @case = JsonNode.Parse(source)!;
        @case["weights"]![0]!["W_cf"]![0]![0] = 0.123;
        _tool.Write("changed.json", @case.ToJsonString());
        ToolResult changed = _tool.Run("verify", "changed.json");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("FAILED", changed.Output, StringComparison.Ordinal);
        Assert.Equal(66, _tool.Run("verify", "none.json").ExitCode);
        _tool.Write("rubbish.json", "{}");
        Assert.Equal(65, _tool.Run("verify", "rubbish.json").ExitCode);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("info")]
    [InlineData("verify")]
    public void Help_OfEveryVerb_HasAnExample(string verb)
    {
        ToolResult help = _tool.Run(verb, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains($"Example: lstmtorch {verb}", help.Output, StringComparison.Ordinal);
    }
}
