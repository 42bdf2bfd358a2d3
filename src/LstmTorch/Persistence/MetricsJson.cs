using System.Text.Json;
using System.Text.Json.Serialization;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;

namespace LstmTorch.Persistence;

/// <summary>The file <c>metrics.json</c>: snake_case keys in a fixed order, numbers that read back exactly.</summary>
/// <remarks>A metric that is undefined or not finite is null. The same metrics give the same bytes.</remarks>
public static class MetricsJson
{
    private static readonly string[] PartsInOrder = ["train", "validation", "test"];

    /// <summary>Writes metrics as an indented JSON document that ends with a line feed.</summary>
    /// <param name="metrics">The metrics of a run.</param>
    public static string Serialize(RunMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var splits = new OrderedDictionary<string, PartMetrics>(metrics.Splits.OrderBy(Place));
        return JsonSerializer.Serialize(metrics with { Splits = splits }, MetricsJsonContext.Default.RunMetrics) + "\n";

        static int Place(KeyValuePair<string, PartMetrics> part) =>
            Array.IndexOf(PartsInOrder, part.Key) is >= 0 and int place ? place : PartsInOrder.Length;
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote. Unknown keys are passed over.</summary>
    /// <param name="json">The document.</param>
    /// <param name="where">The name of the file, for error messages.</param>
    /// <exception cref="LstmTorchException">
    /// The text is not JSON, lacks a key, has one of the wrong type, or is of a newer version.
    /// </exception>
    public static RunMetrics Deserialize(string json, string where)
    {
        ArgumentNullException.ThrowIfNull(json);
        RunMetrics metrics;
        try
        {
            metrics = JsonSerializer.Deserialize(json, MetricsJsonContext.Default.RunMetrics)
                ?? throw new JsonException("the document is null");
        }
        catch (JsonException error)
        {
            string line = error.LineNumber is { } number ? $", line {number + 1}" : "";
            string key = error.Path is { Length: > 0 } path && path != "$" ? $", {path}" : "";
            string reason = error.Message.Split(" Path: ")[0].ReplaceLineEndings(" ");
            throw new LstmTorchException(
                ErrorKind.Damaged,
                $"{where}{line}{key}: not the metrics of a run: {reason}; evaluate the run again",
                error);
        }

        if (metrics.FormatVersion is < 1 or > RunMetrics.CurrentFormatVersion)
        {
            throw new LstmTorchException(
                ErrorKind.Damaged,
                $"{where}: format_version {metrics.FormatVersion} is unknown, this program reads up to " +
                $"{RunMetrics.CurrentFormatVersion}; update the program");
        }

        return metrics;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(FiniteNumberConverter)],
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(RunMetrics))]
internal sealed partial class MetricsJsonContext : JsonSerializerContext;

/// <summary>Writes NaN and the infinities, which JSON cannot hold, as null, and reads null as NaN.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
