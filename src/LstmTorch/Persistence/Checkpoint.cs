using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Persistence;

/// <summary>
/// A training state as a safetensors file: the weights under their names, best.*, adam.mean.*, adam.variance.*, average.*, and the
/// counters as JSON in the metadata, with a hash of it all. A run that goes on from it repeats the uninterrupted run to the bit, on
/// the same machine with the same number of threads; on another device, up to rounding.
/// </summary>
public static class Checkpoint
{
    private const string Format = "lstmtorch.checkpoint";
    private const string FormatVersion = "2";
    private const string Best = "best.", Mean = "adam.mean.", Variance = "adam.variance.", Average = "average.";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Writes a checkpoint: atomic, on disk when this returns.</summary>
    /// <remarks>
    /// Here and in <see cref="Verify(string)"/> memory is used again: fresh arrays of this size start a full garbage collection,
    /// which takes longer than the disk.
    /// </remarks>
    /// <exception cref="LstmTorchException">The file cannot be written.</exception>
    public static void Write(string path, TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        FlatParameters parameters = state.Parameters;
        long bytes = sizeof(float) * parameters.Values.numel();
        List<(string Prefix, Tensor Values)> parts = Parts(state);
        if (parts.Count * bytes > Array.MaxLength)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: the weights with their moments take {parts.Count * bytes} bytes, a checkpoint holds at most {Array.MaxLength}");
        int size = (int)bytes;
        byte[] values = ArrayPool<byte>.Shared.Rent(parts.Count * size);
        try
        {
            List<SafetensorsTensor> tensors =
            [
                .. parts.SelectMany((part, n) => StateTensors.Split(parameters, part.Values, values.AsMemory(n * size, size), part.Prefix)),
            ];
            Write(path, tensors, state.Counters, DeviceOf(state));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(values);
        }
    }

    /// <summary>Reads a checkpoint and compares it with its hash.</summary>
    /// <exception cref="LstmTorchException">The file cannot be read or is damaged.</exception>
    public static void Verify(string path)
    {
        byte[]? bytes = null;
        try
        {
            using var file = File.OpenHandle(path);
            int length = checked((int)RandomAccess.GetLength(file));
            bytes = ArrayPool<byte>.Shared.Rent(length);
            int read = 0;
            while (RandomAccess.Read(file, bytes.AsSpan(read, length - read), read) is > 0 and int count)
                read += count;
            Verify(bytes.AsMemory(0, read), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
        finally
        {
            if (bytes is not null)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Compares a checkpoint that is in memory with its hash.</summary>
    internal static void Verify(ReadOnlyMemory<byte> bytes, string where) => Check(Safetensors.Parse(bytes, where), where);

    /// <summary>Puts a checkpoint into a fresh training state; the state is unchanged if the file is not good.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">A state of the same network.</param>
    /// <param name="notice">Told if the run was trained on another device or with another number of threads so far; may be null.</param>
    /// <exception cref="LstmTorchException">The file is missing, damaged, or of another network.</exception>
    public static void Restore(string path, TrainingState state, Action<string>? notice = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        SafetensorsFile file = Safetensors.Read(path);
        TrainingCounters counters = Check(file, path);
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Name);
        FlatParameters parameters = state.Parameters;
        // Into copies first: a tensor missing at the end must not leave half a state behind.
        using var scope = NewDisposeScope();
        var loaded = Parts(state).Select(part =>
        {
            var copy = empty_like(part.Values);
            StateTensors.Join(parameters, tensors, copy, path, part.Prefix);
            return (Into: part.Values, Copy: copy);
        }).ToList();
        using var noGradient = no_grad();
        foreach (var (into, copy) in loaded)
            into.copy_(copy);
        state.Optimizer.Steps = counters.Step - counters.Skipped;
        state.Counters = counters;
        string threads = get_num_threads().ToString(CultureInfo.InvariantCulture), device = DeviceOf(state);
        if (file.Metadata.GetValueOrDefault("device") is { } trainedOn && trainedOn != device)
            notice?.Invoke($"{path}: trained on {trainedOn} so far, and now on {device}: the same steps up to rounding, not to the bit");
        else if (file.Metadata.GetValueOrDefault("threads") is { } before && before != threads)
            notice?.Invoke($"{path}: trained with {before} threads, and now with {threads}: the last bits of the weights may differ; --threads {before} repeats them");
    }

    /// <summary>The tensors of a state, [N] each, and what stands before their names in the file.</summary>
    private static List<(string Prefix, Tensor Values)> Parts(TrainingState state)
    {
        List<(string, Tensor)> parts =
        [
            (string.Empty, state.Parameters.Values), (Best, state.BestValues), (Mean, state.Optimizer.Mean), (Variance, state.Optimizer.Variance),
        ];
        if (state.MeanValues is { } average)
            parts.Add((Average, average));
        return parts;
    }

    private static string DeviceOf(TrainingState state) => state.Parameters.Values.device_type.ToString().ToLowerInvariant();

    private static void Write(string path, List<SafetensorsTensor> tensors, TrainingCounters counters, string device)
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["format_version"] = FormatVersion,
            ["device"] = device,
            ["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture),
            ["counters"] = JsonSerializer.Serialize(counters, s_json),
        };
        AtomicFile.Write(path, stream => ContentHash.Write(stream, tensors, metadata));
    }

    private static TrainingCounters Check(SafetensorsFile file, string path)
    {
        if (file.Metadata.GetValueOrDefault("format") != Format)
            throw new LstmTorchException(ErrorKind.Damaged, $"{path}: not a checkpoint");
        if (file.Metadata.GetValueOrDefault("format_version") is not FormatVersion and var version)
            throw new LstmTorchException(ErrorKind.Damaged, $"{path}: checkpoint format {version}, this program reads {FormatVersion}");
        ContentHash.Check(file, path);
        try
        {
            return JsonSerializer.Deserialize<TrainingCounters>(file.Metadata.GetValueOrDefault("counters") ?? "null", s_json) is { AreConsistent: true } counters
                ? counters
                : throw new JsonException("they contradict each other");
        }
        catch (JsonException error)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{path}: the counters cannot be read: {error.Message}", error);
        }
    }
}
