using System.Text.Json;
using System.Text.Json.Serialization;

namespace LstmTorch.Persistence;

/// <summary>Writes an enum as the command line does: full, minmax, forward-fill.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class ChoiceConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Choices.TryParse(text, out T value)
            ? value
            : throw new JsonException($"'{text}' is not one of {string.Join(", ", Choices.Names<T>())}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Choices.Name(value));
    }
}
