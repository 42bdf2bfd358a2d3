using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Persistence;
using LstmTorch.Recurrent;
using LstmTorch.Runtime;

namespace LstmTorch.Benchmarking;

/// <summary>Results as <c>bench --json</c> writes them, and required ratios, which are read from a file of the same form.</summary>
public static class BenchmarkReport
{
    private const string Cases = "cases", Kernel = "kernel", Milliseconds = "milliseconds",
        NnLstmMilliseconds = "nn_lstm_milliseconds", GpuMilliseconds = "gpu_milliseconds", Ratio = "ratio", Gflops = "gflops";

    private static readonly string[] s_resultFields = [Kernel, Milliseconds, NnLstmMilliseconds, GpuMilliseconds, Ratio, Gflops];

    /// <summary>The machine, versions, thread count and results as one JSON document.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="threads">CPU threads.</param>
    /// <param name="results">The results.</param>
    /// <param name="precision">How matrix products rounded on a CUDA device; null on a CPU.</param>
    public static string Serialize(string machine, int threads, IReadOnlyList<BenchmarkResult> results, MatrixPrecision? precision = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        var report = new JsonObject { ["machine"] = machine, ["threads"] = threads };
        if (precision is { } rounding)
            report["precision"] = Choices.Name(rounding);
        report[Cases] = new JsonArray([.. results.Select(Row)]);
        return report.ToJsonString(RunConfig.Json);
    }

    /// <summary>Reads which ratios a file asks for; of a report, only cases and ratios count.</summary>
    /// <exception cref="LstmTorchException">The file is not there, or not of this form.</exception>
    public static IReadOnlyDictionary<BenchmarkCase, double> ReadRequirements(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            var required = new OrderedDictionary<BenchmarkCase, double>();
            foreach (JsonObject row in Rows(File.ReadAllText(path)))
                required[Case(row)] = row[Ratio]!.GetValue<double>();
            return required.Count > 0 ? required : throw new JsonException("it has no cases");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new LstmTorchException(
                ErrorKind.BadData,
                $"{path}: not a file of cases as bench --json writes it, each with batch, steps, input_size, hidden_size, layers, pass, peephole and ratio: {error.Message}",
                error);
        }
    }

    /// <summary>The results of a report that <see cref="Serialize"/> wrote.</summary>
    public static IReadOnlyList<BenchmarkResult> ReadResults(string report) =>
    [
        .. Rows(report).Select(row => new BenchmarkResult(
            Case(row),
            row[Kernel]!.GetValue<string>(),
            row[Milliseconds]!.GetValue<double>(),
            row[NnLstmMilliseconds]!.GetValue<double>(),
            row[GpuMilliseconds]?.GetValue<double>())),
    ];

    private static IEnumerable<JsonObject> Rows(string report) =>
        JsonNode.Parse(report, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject()[Cases]!.AsArray().Select(row => row!.AsObject());

    private static BenchmarkCase Case(JsonObject row)
    {
        JsonObject shape = row.DeepClone().AsObject();
        foreach (string field in s_resultFields)
            shape.Remove(field);
        BenchmarkCase @case = shape.Deserialize<BenchmarkCase>(RunConfig.Json)!;
        @case.Validate();
        return @case;
    }

    private static JsonNode Row(BenchmarkResult result)
    {
        JsonObject row = JsonSerializer.SerializeToNode(result.Case, RunConfig.Json)!.AsObject();
        row[Kernel] = result.Kernel;
        row[Milliseconds] = Math.Round(result.Milliseconds, 4);
        row[NnLstmMilliseconds] = Math.Round(result.NnLstmMilliseconds, 4);
        if (result.GpuMilliseconds is { } gpu)
            row[GpuMilliseconds] = Math.Round(gpu, 4);
        row[Ratio] = Math.Round(result.Ratio, 4);
        row[Gflops] = Math.Round(result.Gflops, 2);
        return row;
    }
}
