using System.Text.Json;

namespace LstmTorch.Runtime.Model;

/// <summary>Reads the JSON header of a safetensors file token by token: serializers pass over duplicate names and unknown fields.</summary>
internal static class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";

    /// <summary>One tensor as the header describes it.</summary>
    public sealed record Entry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, ulong Begin, ulong End);

    /// <summary>Reads the header.</summary>
    /// <exception cref="FormatException">A rule is broken.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static (IReadOnlyList<Entry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> header)
    {
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 4 });
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>();
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json) is { } name)
        {
            if (!names.Add(name))
                throw new FormatException($"the name '{name}' occurs twice");
            if (name == MetadataKey)
                ReadMetadata(ref json, metadata);
            else
                entries.Add(ReadEntry(ref json, name));
        }

        if (json.Read())
            throw new FormatException("something follows the header's object");
        return (entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader json, Dictionary<string, string> metadata)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json) is { } key)
        {
            Expect(ref json, JsonTokenType.String);
            if (!metadata.TryAdd(key, json.GetString()!))
                throw new FormatException($"the metadata '{key}' occurs twice");
        }
    }

    private static Entry ReadEntry(ref Utf8JsonReader json, string name)
    {
        SafetensorsType? type = null;
        List<ulong>? shape = null, offsets = null;
        Expect(ref json, JsonTokenType.StartObject);
        while (NextName(ref json) is { } field)
        {
            bool isNew = field switch
            {
                "dtype" => type is null,
                "shape" => shape is null,
                "data_offsets" => offsets is null,
                _ => throw new FormatException($"tensor '{name}' has an unknown field '{field}'"),
            };
            if (!isNew)
                throw new FormatException($"tensor '{name}' has the field '{field}' twice");
            switch (field)
            {
                case "dtype":
                    type = ReadType(ref json, name);
                    break;
                case "shape":
                    shape = ReadNumbers(ref json, name);
                    break;
                default:
                    offsets = ReadNumbers(ref json, name);
                    break;
            }
        }

        return type is { } known && shape is not null && offsets is [ulong begin, ulong end]
            ? new Entry(name, known, [.. shape.Select(dimension => checked((long)dimension))], begin, end)
            : throw new FormatException($"tensor '{name}' needs dtype, shape and two data_offsets");
    }

    private static SafetensorsType ReadType(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.String);
        string word = json.GetString()!;
        foreach (SafetensorsType type in Enum.GetValues<SafetensorsType>())
        {
            if (type.ToString() == word)
                return type;
        }

        throw new FormatException($"tensor '{name}' has an unknown dtype '{word}'");
    }

    private static List<ulong> ReadNumbers(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.StartArray);
        var numbers = new List<ulong>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetUInt64(out ulong number))
                throw new FormatException($"tensor '{name}' has a shape or offset that is no whole number");
            numbers.Add(number);
        }

        return numbers;
    }

    private static string? NextName(ref Utf8JsonReader json)
    {
        if (!json.Read())
            throw new FormatException("the header ends early");
        return json.TokenType switch
        {
            JsonTokenType.PropertyName => json.GetString(),
            JsonTokenType.EndObject => null,
            _ => throw new FormatException($"the header has a {json.TokenType} where a name is due"),
        };
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type)
            throw new FormatException($"the header has a {json.TokenType} where a {type} is due");
    }
}
