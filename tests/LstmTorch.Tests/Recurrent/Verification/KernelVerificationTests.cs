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

    [Fact]
    public void Run_OfAKernelThatChangesFromRunToRun_NamesAQuantityAndFails()
    {
        // Far within the tolerance: only the bits differ, and only in the last of three runs.
        var kernel = new ChangedReference((call, output) => call == 3 ? output * (1 + 1e-7) : output);
        VerificationResult result = KernelVerification.Run(Case("full_ifo"), kernel, ScalarType.Float32, CPU, repeats: 3);
        Assert.Equal("output", result.Differing);
        Assert.True(result.Worst!.Error <= result.Tolerance);
        Assert.False(result.Passed);

        Assert.True(KernelVerification.Run(Case("full_ifo"), kernel, ScalarType.Float32, CPU, repeats: 3).Passed);
    }

    [Fact]
    public void Run_OfAKernelThatLeavesANumberOut_Fails()
    {
        var kernel = new ChangedReference((_, output) =>
        {
            Tensor copy = TensorMemory.Empty(output.shape);
            copy.narrow(0, 1, output.shape[0] - 1).copy_(output.narrow(0, 1, output.shape[0] - 1));
            return copy;
        });
        VerificationResult result = KernelVerification.Run(Case("full_ifo"), kernel, ScalarType.Float32, CPU);
        Assert.Contains(result.Errors, error => error.Quantity == "output" && double.IsNaN(error.Error));
        Assert.False(result.Passed);
        Assert.False(TensorMemory.Poisons);
    }

    [Fact]
    public void Random_OfOneNumber_IsOneCase()
    {
        using var scope = NewDisposeScope();
        ReferenceCase first = ReferenceCase.Random(9), again = ReferenceCase.Random(9), other = ReferenceCase.Random(10);
        Assert.Equal(first.Name, again.Name);
        Assert.NotEqual(first.Name, other.Name);
        Assert.Equal(0, (first.Gradient("input") - again.Gradient("input")).abs().max().item<double>());
        Assert.Equal(0, (first.Value("input") - first.Value("input").to(ScalarType.Float32).to(ScalarType.Float64)).abs().max().item<double>());
    }

    [Fact]
    public void Random_Cases_CoverEveryKindAndManySizes()
    {
        using var scope = NewDisposeScope();
        ReferenceCase[] cases = [.. Enumerable.Range(1, 15).Select(ReferenceCase.Random)];
        Assert.Equal(3, cases.Select(@case => @case.Peephole.Kind).Distinct().Count());
        Assert.True(cases.Select(@case => @case.HiddenSize).Distinct().Count() >= 6);
        Assert.Equal(2, cases.Select(@case => @case.Layers).Distinct().Count());
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

    private static ReferenceCase Case(string name) => ReferenceCase.Parse(EmbeddedText(name), name);

    private static string EmbeddedText(string name)
    {
        using var reader = new StreamReader(typeof(ReferenceCase).Assembly.GetManifestResourceStream($"cases/{name}.json")!);
        return reader.ReadToEnd();
    }

    /// <summary>The reference kernel with another output, by the number of the call from 1.</summary>
    private sealed class ChangedReference(Func<int, Tensor, Tensor> change) : ILstmKernel
    {
        private int _calls;

        public string Name => "changed";

        public string? Refuses(PeepholeLstmCell cell, Tensor input) => null;

        public (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor input, LstmState? initial)
        {
            var (output, last) = new ReferenceKernel().Forward(cell, input, initial);
            return (change(++_calls, output), last);
        }
    }
}
