using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LstmTorch.Benchmarking;
using LstmTorch.Recurrent;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Benchmarking;

public sealed class BenchmarkReportTests : IDisposable
{
    private static readonly BenchmarkResult s_result = new(
        new BenchmarkCase(32, 30, 4, 50, 3, BenchmarkPass.Train, PeepholeKind.Diagonal), "cpu", Milliseconds: 2, NnLstmMilliseconds: 5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Serialize_HasTheFieldsThatOthersRead()
    {
        JsonNode report = JsonNode.Parse(BenchmarkReport.Serialize("a machine", 2, [s_result]))!;
        JsonNode row = report["cases"]![0]!;

        Assert.Equal("a machine", (string?)report["machine"]);
        Assert.Equal(2, (int)report["threads"]!);
        Assert.Equal(
            ["batch", "steps", "input_size", "hidden_size", "layers", "pass", "peephole", "kernel", "milliseconds", "nn_lstm_milliseconds", "ratio", "gflops"],
            row.AsObject().Select(field => field.Key));
        Assert.Equal("train", (string?)row["pass"]);
        Assert.Equal("diagonal", (string?)row["peephole"]);
        Assert.Equal(2.5, (double)row["ratio"]!);

        // 6 · 32 · 30 · (200 · 54 + 200 + 2 · (200 · 100 + 200)) operations in 2 ms.
        Assert.Equal(Math.Round(5760.0 * 51_400 / 2e-3 / 1e9, 2), (double)row["gflops"]!);
    }

    [Fact]
    public void ReadResults_OfAReport_AreTheResults() =>
        Assert.Equal([s_result], BenchmarkReport.ReadResults(BenchmarkReport.Serialize("a machine", 2, [s_result])));

    [Fact]
    public void Serialize_OfACudaDevice_HasItsTimeAndPrecisionToo()
    {
        BenchmarkResult result = s_result with { Kernel = "cuda", GpuMilliseconds = 0.5 };
        string report = BenchmarkReport.Serialize("a machine", 2, [result], MatrixPrecision.Tf32);

        Assert.Equal("tf32", (string?)JsonNode.Parse(report)!["precision"]);
        Assert.Equal(0.5, (double)JsonNode.Parse(report)!["cases"]![0]!["gpu_milliseconds"]!);
        Assert.Equal([result], BenchmarkReport.ReadResults(report));
    }

    [Fact]
    public void RequiredOfTheH100_IsAFileOfCases() =>
        Assert.Equal(3.5, BenchmarkReport.ReadRequirements(Path.Combine(Recorded(), "required-h100.json"))[new BenchmarkCase(64, 128, 256, 256, 1, BenchmarkPass.Train, PeepholeKind.Full)]);

    [Fact]
    public void ReadRequirements_OfAReport_AreItsRatios()
    {
        string file = Write(BenchmarkReport.Serialize("a machine", 2, [s_result]));
        Assert.Equal([KeyValuePair.Create(s_result.Case, 2.5)], BenchmarkReport.ReadRequirements(file));
    }

    [Fact]
    public void RecordedResults_OfTheRepository_MeetItsRequirements()
    {
        var recorded = BenchmarkReport.ReadRequirements(Path.Combine(Recorded(), "cpu-zen5.json"));
        foreach (var (@case, ratio) in BenchmarkReport.ReadRequirements(Path.Combine(Recorded(), "required-cpu.json")))
            Assert.True(recorded[@case] >= ratio, $"{@case}: {recorded[@case]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"cases\":[]}")]
    [InlineData("{\"cases\":[{}]}")]
    [InlineData("{\"cases\":[{\"batch\":1,\"steps\":1,\"input_size\":1,\"hidden_size\":1,\"layers\":1,\"pass\":\"train\",\"peephole\":\"full\"}]}")]
    [InlineData("{\"cases\":[{\"batch\":1,\"steps\":1,\"input_size\":1,\"hidden_size\":1,\"layers\":1,\"pass\":\"sideways\",\"peephole\":\"full\",\"ratio\":1}]}")]
    [InlineData("{\"cases\":[{\"batch\":\"1\",\"steps\":1,\"input_size\":1,\"hidden_size\":1,\"layers\":1,\"pass\":\"train\",\"peephole\":\"full\",\"ratio\":1}]}")]
    [InlineData("{\"cases\":[{\"batch\":1,\"steps\":1,\"input_size\":1,\"hidden_size\":1,\"layers\":1,\"pass\":\"train\",\"peephole\":\"full\",\"ratio\":1,\"extra\":1}]}")]
    public void ReadRequirements_AnotherForm_IsBadData(string text)
    {
        string file = Write(text);
        var error = Assert.Throws<LstmTorchException>(() => BenchmarkReport.ReadRequirements(file));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadRequirements_NoFile_IsNotFound() =>
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => BenchmarkReport.ReadRequirements("nowhere.json")).Kind);

    private string Write(string text)
    {
        string file = Path.Combine(_folder.Path, "cases.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static string Recorded([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "benchmarks");
}
