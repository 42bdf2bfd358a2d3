using System.Buffers.Binary;
using System.Text;
using LstmTorch.Benchmarking;
using LstmTorch.Data;
using LstmTorch.Persistence;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Verification;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Fuzzing;

/// <summary>A parser, good files for it, and what its users do with what it returns.</summary>
/// <param name="Name">The name; also the folder of its seeds.</param>
/// <param name="Seeds">Good files, and files that once broke it.</param>
/// <param name="Tokens">Words and numbers of the format.</param>
/// <param name="Read">Reads a file. It may refuse it by an <see cref="LstmTorchException"/>, and do nothing else.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, byte[][] Tokens, Action<byte[], Random> Read)
{
    private static readonly byte[][] s_json = AllTokens(
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "0", "1.5", "1e999", "2147483648", "18446744073709551616", "\\u0000", "\\ud800", "\"\"", "[[[[[[[[", "\uFEFF");

    private static readonly byte[][] s_csv = AllTokens(
        ",", ";", "\t", "\n", "\r\n", "\"", "\"\"", "NA", "nan", "-inf", "1e999", "1,5", "-", ".", "0001-01-01", "9999-12-31", "2024-02-30", "date", "\0", "\uFEFF", "=1+1");

    /// <summary>The parsers of files from outside; those of models are fuzzed by the runtime's own MutationTests.</summary>
    public static IEnumerable<FuzzTarget> All()
    {
        yield return new("csv", Files("csv"), s_csv, (file, random) => SeriesReader.Read(new MemoryStream(file), "in", Reading(random)));
        yield return new("rows", Files("rows"), s_csv, (file, _) => AtPath(file, RowLayout.Read));
        yield return new("run-config", Files("run-config"), s_json, (file, _) => AtPath(file, path =>
        {
            RunConfig config = RunConfig.Read(path);
            config.Options.Validate();
            config.Serialize();
            GC.KeepAlive(config.Data.Series.Sum(series => series.TrainEnd) + config.Data.Sha256.Length);
        }));
        yield return new("metrics", Files("metrics"), s_json, (file, _) => MetricsJson.Deserialize(Text(file), "in"));
        yield return new("requirements", Files("requirements"), s_json, (file, _) => AtPath(file, path => BenchmarkReport.ReadRequirements(path)));
        yield return new("case", Files("case"), s_json, (file, _) =>
        {
            using var scope = NewDisposeScope();
            KernelVerification.Run(ReferenceCase.Parse(Text(file), "in"), LstmKernels.All[^1], ScalarType.Float64, CPU);
        });
        byte[] checkpoint = State();
        StreamingForecaster stream = Stream();
        yield return new("checkpoint", [checkpoint], s_json, (file, random) => Restore(WithLength(file, checkpoint.Length, random)));
        yield return new("stream", [stream.SaveState()], ["LSTM"u8.ToArray()], (file, _) => stream.RestoreState(file));
    }

    private static byte[][] AllTokens(params IEnumerable<string> words) => [.. words.Select(Encoding.UTF8.GetBytes), .. ByteMutator.BrokenText];

    private static List<byte[]> Files(string folder) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Corpus", folder)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file);

    private static void AtPath<T>(byte[] file, Func<string, T> read) => AtPath(file, path => { read(path); });

    private static void AtPath(byte[] file, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("in"), file);
        read(folder.File("in"));
    }

    private static ReadOptions Reading(Random random)
    {
        string? Column() => random.Next(8) == 0 ? new[] { "id", "date", "x", "value", "load" }[random.Next(5)] : null;
        MissingValues[] policies = Enum.GetValues<MissingValues>();
        return new ReadOptions
        {
            Missing = policies[random.Next(policies.Length)],
            Delimiter = random.Next(4) == 0 ? ";,\t|"[random.Next(4)] : null,
            SeriesIdColumn = Column(),
            TimeColumn = Column(),
            Targets = Column() is { } target ? [target] : [],
            Inputs = random.Next(3) == 0 ? ["target"] : [],
        };
    }

    /// <summary>Most of them with the right length of the header again, if it has become longer or shorter: otherwise it would never be read.</summary>
    private static byte[] WithLength(byte[] file, int before, Random random)
    {
        if (file.Length >= sizeof(long) && random.Next(4) > 0)
            BinaryPrimitives.WriteInt64LittleEndian(file, BinaryPrimitives.ReadInt64LittleEndian(file) + file.Length - before);
        return file;
    }

    private static StreamingForecaster Stream()
    {
        using var small = new SmallState();
        var model = new ModelFile(small.State.Model.Config, [.. StateTensors.Split(small.State.Parameters, small.State.BestValues)]);
        return new Forecaster(model).Stream();
    }

    private static byte[] State()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        Checkpoint.Write(folder.File("checkpoint"), small.State);
        return File.ReadAllBytes(folder.File("checkpoint"));
    }

    /// <summary>With a good hash wherever there is a whole safetensors file: otherwise every mutation would end at the hash.</summary>
    private static void Restore(byte[] file)
    {
        using var small = new SmallState();
        SafetensorsFile read = Safetensors.Parse(file, "in");
        var metadata = read.Metadata.Where(entry => entry.Key != "sha256").ToDictionary();
        using var folder = new TemporaryFolder();
        using (FileStream stream = File.Create(folder.File("in")))
            ContentHash.Write(stream, read.Tensors, metadata);
        Checkpoint.Restore(folder.File("in"), small.State);
    }
}
