using System.Text.Json;
using System.Text.Json.Serialization;

namespace LstmTorch.Persistence;

/// <summary>Writes a length as a number, or as "auto" where the data shall decide.</summary>
public sealed class LengthConverter : JsonConverter<int>
{
    private const string Auto = "auto";

    /// <inheritdoc/>
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out int length) => length,
        JsonTokenType.String when reader.ValueTextEquals(Auto) => RunOptions.Auto,
        _ => throw new JsonException("it is neither a whole number nor auto"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value == RunOptions.Auto)
            writer.WriteStringValue(Auto);
        else
            writer.WriteNumberValue(value);
    }
}
