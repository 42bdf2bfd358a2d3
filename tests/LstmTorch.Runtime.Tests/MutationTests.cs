using System.Diagnostics;
using System.Text;
using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;
using LstmTorch.Tests.Fuzzing;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>
/// Every reader of models, over files that are nearly right: each is a model that forecasts, or is refused in one clear line. The long run
/// is <c>-- -explicit only -class LstmTorch.Runtime.Tests.MutationTests</c>.
/// </summary>
public class MutationTests
{
    private const string Where = "mutated";
    private const int Seed = 20021, Few = 2_000, Many = 100_000;
    private const long MostWorkingSet = 200 << 20;

    // Of a file of 3 KB; a count taken from the file would ask for far more. The first call of a path allocates some on its own.
    private const long MostAllocated = 4 << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private static readonly ForecasterConfig s_config = Models.Config(Peephole.Diagonal, inputs: 2, contextLength: 4, hiddenSizes: [3, 2]) with
    {
        Targets = ["input 1", "input 0"],
        Normalize = WindowNormalization.Revin,
        Highway = true,
        PatchLength = 2,
        Intervals = [new PredictionInterval(0.8, [1, 2, 3, 4])],
        SmallestChanges = [0.5, 0.25],
    };

    private static readonly ModelFile s_model = Models.Random(s_config);

    private static readonly byte[][] s_json =
    [
        .. new[]
        {
            "null", "-1", "1e999", "2147483648", "99999999999999999999", "[", "]", "{}", "\"", "\\u0000", "\"inputs\":null,", "\"format_version\":2,",
            "\"patch_length\":0,", "\"hidden_sizes\":[65536],", "\"horizon\":2147483647,", "[[[[[[[[[[", ",", "full", "true", "0", "NaN",
        }.Select(Encoding.UTF8.GetBytes),
        .. ByteMutator.BrokenText,
    ];

    // Varints too long and too large, lengths, field tags, kinds that there are none of.
    private static readonly byte[][] s_protobuf =
    [
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x80, 0x80, 0x80, 0x80, 0x08],
        [0x0a, 0], [0x6a, 2, 0x0a, 0], [0x70, 1], [0x08, 0xff, 0x7f], [0x2b], [0x0c], [0], [.. "Scan"u8], [.. "LSTM"u8], [.. "clip"u8],
    ];

    public static TheoryData<string> Formats => ["model", "config", "onnx", "foreign onnx", "state dict"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_NearlyRightFile_IsAModelOrRefused(string format) => Run(format, Few);

    [Theory(Explicit = true)]
    [MemberData(nameof(Formats))]
    public void Read_ManyNearlyRightFiles_AreModelsOrRefused(string format)
    {
        Run(format, Many);
        using var process = Process.GetCurrentProcess();
        Assert.InRange(process.PeakWorkingSet64, 0, MostWorkingSet);
    }

    private static void Run(string format, int count)
    {
        var (valid, tokens, read) = Of(format);
        var mutator = new ByteMutator([valid], tokens);
        var random = new Random(Seed);
        int models = 0;
        read(valid);
        for (int n = 0; n < count; n++)
        {
            byte[] file = mutator.Next(random);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                read(file);
                models++;
            }
            catch (LstmTorchException error)
            {
                Assert.True(error.Kind is ErrorKind.Damaged or ErrorKind.Usage, $"{format} {n}: {error.Kind}");
                Assert.DoesNotContain(error.Message, char.IsControl);
                Assert.StartsWith(Where, error.Message, StringComparison.Ordinal);
            }
#pragma warning disable CA1031 // Whatever else comes is the finding, and it needs the number of the file.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Assert.Fail($"{format} {n}: {error}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated, $"{format} {n} took much memory");
            Assert.True(Stopwatch.GetElapsedTime(start) < s_longest, $"{format} {n} took long");
        }

        // Some changes, such as that of a weight, leave a model: none would mean that only the first check is ever reached.
        Assert.InRange(models, count / 500, count * 9 / 10);
    }

    private static (byte[] Valid, byte[][] Tokens, Action<byte[]> Read) Of(string format)
    {
        using var folder = new TemporaryFolder();
        switch (format)
        {
            case "model":
                ModelFile.Write(folder.File("m"), s_model.Config, s_model.Tensors);
                return (File.ReadAllBytes(folder.File("m")), s_json, file => Use(ModelFile.Parse(file, Where)));
            case "config":
                return (
                    Encoding.UTF8.GetBytes(ForecasterConfigJson.Serialize(s_config)),
                    s_json,
                    file => ForecasterConfigJson.Serialize(ForecasterConfigJson.Deserialize(Encoding.UTF8.GetString(file), Where)));
            case "onnx":
                return (OnnxExport.ToBytes(s_model), [.. s_protobuf, .. s_json], file => Use(OnnxImport.Parse(file, new ImportOptions(), Where)));
            case "foreign onnx":
                return (Foreign(), s_protobuf, file => Use(OnnxImport.Parse(file, new ImportOptions { HiddenStateIsForecast = true }, Where)));
            default:
                PyTorchExport.Write(folder.Path, s_model with { Config = s_config with { Highway = false }, Tensors = [.. s_model.Tensors.Where(tensor => tensor.Name != "highway.weight")] });
                var options = new ImportOptions { Head = ImportedHead.Read(folder.File("head.safetensors")) };
                return (File.ReadAllBytes(folder.File("lstm.safetensors")), s_json, file => Use(StateDictImport.Parse(Safetensors.Parse(file, Where), options, Where)));
        }
    }

    /// <summary>A model that was read forecasts, whatever became of its numbers.</summary>
    private static void Use(ModelFile model)
    {
        ModelTensors.Check(model.Config, model.Tensors, Where);
        const int mostValues = 1 << 16;
        if (model.Config.ContextLength * (long)model.Config.Inputs.Count > mostValues)
            return;
        var forecaster = new Forecaster(model);
        double[] forecasts = new double[forecaster.ForecastSize];
        try
        {
            forecaster.Forecast(new double[forecaster.WindowSize], forecasts);
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.BadData)
        {
            // A scale so small that zero is too large for it.
        }
    }

    /// <summary>A file as other programs write it: layers alone, no description.</summary>
    private static byte[] Foreign()
    {
        var graph = new OnnxGraph("foreign");
        var tensors = s_model.Tensors.ToDictionary(tensor => tensor.Name);
        string x = graph.Input("x", OnnxType.Float, 4, OnnxGraph.Batch, 4);
        x = OnnxLstm.Add(graph, new OnnxLayer(tensors, 0), x, wantsLast: false);
        OnnxLstm.Add(graph, new OnnxLayer(tensors, 1), x, wantsLast: true);
        var file = new ProtobufWriter();
        file.Integer(OnnxFields.Model.IrVersion, 8);
        file.Message(OnnxFields.Model.Graph, graph.Message());
        file.Message(OnnxFields.Model.OpsetImport, set => set.Integer(OnnxFields.OperatorSet.Version, 17));
        return file.ToArray();
    }
}
