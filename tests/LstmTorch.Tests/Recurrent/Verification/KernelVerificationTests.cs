using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Verification;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Verification;

public sealed class KernelVerificationTests
{
    public static TheoryData<string, string, ScalarType> Runs()
    {
        var runs = new TheoryData<string, string, ScalarType>();
        foreach (ReferenceCase @case in ReferenceCase.Embedded())
        {
            foreach (ILstmKernel kernel in LstmKernels.All)
            {
                foreach (ScalarType dtype in new[] { ScalarType.Float64, ScalarType.Float32 })
                {
                    using var cell = new PeepholeLstmCell(1, 1, Peephole.Full, dtype);
                    using var input = zeros(1, 1, 1, dtype);
                    if (kernel.Refuses(cell, input) is null)
                        runs.Add(@case.Name, kernel.Name, dtype);
                }
            }
        }

        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_EmbeddedCase_IsWithinTheTolerance(string name, string kernelName, ScalarType dtype)
    {
        ReferenceCase @case = ReferenceCase.Embedded().Single(candidate => candidate.Name == name);
        ILstmKernel kernel = LstmKernels.All.Single(candidate => candidate.Name == kernelName);
        VerificationResult result = KernelVerification.Run(@case, kernel, dtype, CPU);
        int perLayer = 3 + (@case.Peephole.Kind == PeepholeKind.None ? 0 : Peephole.Format(@case.Peephole.Connections).Length);
        Assert.Equal(6 + (@case.Layers * perLayer), result.Errors.Count);
        Assert.True(result.Passed, $"{result.Worst}");
    }

    [Theory]
    [InlineData("full_ifco", "W_ci")]
    [InlineData("full_ifco", "W_cf")]
    [InlineData("full_ifco", "W_cc")]
    [InlineData("full_ifco", "W_co")]
    [InlineData("diagonal_ifo", "W_ci")]
    [InlineData("diagonal_ifo", "W_cf")]
    [InlineData("diagonal_ifo", "W_co")]
    public void Run_WithOnePeepholeWeightChanged_Fails(string name, string weight)
    {
        JsonNode json = JsonNode.Parse(EmbeddedText(name))!;
        JsonNode values = json["weights"]![0]![weight]!;
        while (values is JsonArray && values[0] is JsonArray)
            values = values[0]!;
        values[0] = (double)values[0]! + 0.001;
        ReferenceCase changed = ReferenceCase.Parse(json.ToJsonString(), name);
        Assert.All([ScalarType.Float32, ScalarType.Float64], dtype =>
            Assert.False(KernelVerification.Run(changed, new ReferenceKernel(), dtype, CPU).Passed));
    }

    [Fact]
    public void Passed_WithANumberThatIsNone_IsFalse()
    {
        var result = new VerificationResult("case", "kernel", "float32", 1, [new("output", double.NaN), new("h_n", 0.5)], null);
        Assert.False(result.Passed);
        Assert.Equal("output", result.Worst!.Quantity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"name\": 1}")]
    [InlineData("{\"name\": \"a\", \"peephole\": \"some\", \"connections\": \"i\"}")]
    public void Parse_OfSomethingElse_IsOneClearError(string json)
    {
        var error = Assert.Throws<LstmTorchException>(() => ReferenceCase.Parse(json, "mine.json"));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.StartsWith("mine.json: not a reference case", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ShapesThatDisagree_IsRefused()
    {
        JsonNode json = JsonNode.Parse(EmbeddedText("full_ifo"))!;
        json["hidden_size"] = 6;
        Assert.Throws<LstmTorchException>(() => ReferenceCase.Parse(json.ToJsonString(), "mine.json"));
    }

    private static string EmbeddedText(string name)
    {
        using var reader = new StreamReader(typeof(ReferenceCase).Assembly.GetManifestResourceStream($"cases/{name}.json")!);
        return reader.ReadToEnd();
    }
}
