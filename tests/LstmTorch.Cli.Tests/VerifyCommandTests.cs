using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class VerifyCommandTests : IDisposable
{
    private static readonly string s_cases = Path.Combine(Tool.Repository, "src/LstmTorch/Recurrent/Verification/cases");

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Verify_EmbeddedCases_Pass()
    {
        ToolResult result = _tool.Run("verify").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        foreach (string file in Directory.EnumerateFiles(s_cases))
            Assert.Contains($"\n{Path.GetFileNameWithoutExtension(file)} ", result.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 failed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ChangedWeight_FailsInEveryPrecision()
    {
        WriteCase(json => json["weights"]![0]!["W_cf"]![0]![0] = (double)json["weights"]![0]!["W_cf"]![0]![0]! + 0.01);
        ToolResult result = _tool.Run("verify", "case.json", "--kernel", "reference").Exits(1);

        Assert.Equal(2, result.Output.Split('\n').Count(line => line.EndsWith("FAILED", StringComparison.Ordinal)));
        Assert.Contains("0 passed, 2 failed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_Json_HasEveryErrorAndItsTolerance()
    {
        WriteCase(_ => { });
        JsonArray results = JsonNode.Parse(_tool.Run("verify", "case.json", "--kernel", "reference", "--json").Exits(0).Output)!.AsArray();

        Assert.Equal(["float64", "float32"], results.Select(result => (string?)result!["precision"]));
        foreach (JsonNode? result in results)
        {
            Assert.True((bool)result!["passed"]!);
            Assert.Contains("grad weight_cf_l0", result["errors"]!.AsArray().Select(error => (string?)error!["quantity"]));
            Assert.All(result["errors"]!.AsArray(), error => Assert.InRange((double)error!["error"]!, 0, (double)result["tolerance"]!));
        }
    }

    [Fact]
    public void Verify_RandomCasesRepeatedly_Passes()
    {
        WriteCase(_ => { });
        ToolResult result = _tool.Run("verify", "case.json", "--kernel", "cpu", "--device", "cpu", "--random", "2", "--repeat", "3").Exits(0);

        Assert.Contains("\nrandom_1 B=", result.Output, StringComparison.Ordinal);
        Assert.Contains("\nrandom_2 B=", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 passed, 0 failed, 3 not run", result.Output, StringComparison.Ordinal);
        Assert.Equal(3, result.Error.Split(": ok").Length - 1);
    }

    [Fact]
    public void Verify_KernelThatServesNothingHere_SaysSoOnceAndFails()
    {
        ToolResult result = _tool.Run("verify", "--kernel", "cuda", "--device", "cpu").Exits(1);

        Assert.Contains("not run: it runs on CUDA devices only", result.Output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 0 failed, 1 not run", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--random", "-1", 0)]
    [InlineData("--repeat", "0", 1)]
    public void Verify_CountTooSmall_IsAUsageError(string option, string value, int least) =>
        Assert.Contains($"{option} must be at least {least}", _tool.Run("verify", option, value).Exits(2).Error, StringComparison.Ordinal);

    [Fact]
    public void Verify_MissingFile_IsNotFound() =>
        Assert.Contains("no.json: there is no such file", _tool.Run("verify", "no.json").Exits(66).ErrorLine, StringComparison.Ordinal);

    [Theory]
    [InlineData("rubbish")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"name": "a", "peephole": "full", "connections": "ifco", "input_size": 1, "hidden_size": 1, "layers": 1}""")]
    public void Verify_Rubbish_IsBadData(string text)
    {
        _tool.Write("case.json", text);

        Assert.Contains("case.json: not a reference case", _tool.Run("verify", "case.json").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_size")]
    [InlineData("output")]
    [InlineData("gradients")]
    [InlineData("grad_c_n")]
    public void Verify_CaseThatLacksSomething_NamesIt(string key)
    {
        WriteCase(json => json.AsObject().Remove(key));

        Assert.EndsWith($"case.json: not a reference case: there is no '{key}'", _tool.Run("verify", "case.json").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_CaseOfWrongShapes_IsBadData()
    {
        foreach (var (change, words) in new (Action<JsonNode>, string)[]
        {
            (json => json["gradients"]!["weights"]!.AsArray().Clear(), "'weights' must be a list of 1"),
            (json => json["output"] = new JsonArray(), "an array is empty"),
            (json => json["output"]![0]!.AsArray().RemoveAt(0), "an array is empty, or is longer or deeper than its neighbour"),
            (json => json["weights"]![0]!["W_xi"]![0]!.AsArray().Add(1), ""),
        })
        {
            WriteCase(change);
            Assert.Contains($"case.json: not a reference case: {words}", _tool.Run("verify", "case.json").Exits(65).ErrorLine, StringComparison.Ordinal);
        }
    }

    private void WriteCase(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(s_cases, "full_ifo.json")))!;
        change(json);
        _tool.Write("case.json", json.ToJsonString());
    }
}
