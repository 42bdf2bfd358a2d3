using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class InfoCommandTests(TrainedRun trained)
{
    [Fact]
    public void Info_Model_SaysWhatItPredictsFromWhat()
    {
        ToolResult result = trained.Tool.Run("info", "run", "-q").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        foreach (string line in new[]
        {
            "predicts         load; 2 steps ahead", "from             load, wind; 3 past steps", "time column      date",
            "peepholes        full, ifco", "scaling          minmax", "seasonality      7",
        })
            Assert.Contains($"{line}\n", result.Output, StringComparison.Ordinal);

        // 4·4·2 inputs, 4·4·4 recurrent, 4·4 biases, 4·4·4 peepholes; a head of 4·2 and 2.
        Assert.Contains("4 units, 186 weights", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_ModelAsJson_IsTheConfigurationInTheFile()
    {
        JsonNode config = JsonNode.Parse(trained.Tool.Run("info", "run", "--json").Exits(0).Output)!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(trained.Tool.Read("run", "config.json"))!["model"], config));
    }

    [Fact]
    public void Info_NoModel_DescribesTheEnvironment()
    {
        ToolResult result = trained.Tool.Run("info").Exits(0);
        Assert.Equal(string.Empty, result.Error);
        foreach (string fact in new[] { "lstmtorch ", "dotnet ", "system ", "processor ", "libtorch ", "cuda ", "kernels " })
            Assert.Contains(result.Output.Split('\n'), line => line.StartsWith(fact, StringComparison.Ordinal));

        JsonObject json = JsonNode.Parse(trained.Tool.Run("info", "--json").Exits(0).Output)!.AsObject();
        Assert.Contains("reference", (string)json["kernels"]!, StringComparison.Ordinal);
    }
}
