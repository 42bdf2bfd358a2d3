using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LstmTorch.Persistence;

namespace LstmTorch;

/// <summary>The options of a run under their names in JSON, and which values each takes.</summary>
public static class RunOptionValues
{
    private static readonly Dictionary<string, PropertyInfo> s_options =
        typeof(RunOptions).GetProperties().ToDictionary(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    /// <summary>The names, in snake_case.</summary>
    public static IReadOnlyCollection<string> Names => s_options.Keys;

    /// <summary>Whether there is such an option, and it takes a list.</summary>
    public static bool IsList(string name) => s_options.TryGetValue(name, out PropertyInfo? option) && IsList(option.PropertyType);

    /// <summary>What an option must be, in words, if a value is not that; null if it is.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="value">The value; null stands for the default.</param>
    public static string? Expected(string name, JsonNode? value)
    {
        PropertyInfo option = s_options[name];
        bool takesAuto = TakesAuto(option);
        if (value is null || (takesAuto && value is JsonValue && value.ToString() == "auto"))
            return null;

        try
        {
            _ = value.Deserialize(option.PropertyType, RunConfig.Json);
            return null;
        }
        catch (JsonException)
        {
            return Expected(option.PropertyType) + (takesAuto ? ", or \"auto\"" : string.Empty);
        }
    }

    /// <summary>The value that a text stands for, as on the command line: commas between those of a list, none where an option may be without one.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="text">The text; whether the option takes it, <see cref="Expected(string, JsonNode)"/> tells.</param>
    public static JsonNode? Parse(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Type type = s_options[name].PropertyType;
        if (IsList(type))
            return new JsonArray([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word => Parse(type.GetGenericArguments()[0], word))]);
        return text == "none" && Nullable.GetUnderlyingType(type) is not null ? null : Parse(Nullable.GetUnderlyingType(type) ?? type, text);
    }

    /// <summary>Options of their values in JSON; one that is null is at its default.</summary>
    /// <param name="values">Values that the options take; nulls are removed.</param>
    public static RunOptions Read(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);

        // Not every option has a null of its type.
        foreach (string name in values.Where(option => option.Value is null).Select(option => option.Key).ToList())
            values.Remove(name);
        return values.Deserialize<RunOptions>(RunConfig.Json)!;
    }

    /// <summary>Whether an option is a number, and whether it is a whole one.</summary>
    internal static (bool IsNumber, bool IsWhole) Number(string name)
    {
        Type type = s_options[name].PropertyType, plain = Nullable.GetUnderlyingType(type) ?? type;
        bool isWhole = plain == typeof(int) || plain == typeof(long);
        return (isWhole || plain == typeof(double), isWhole);
    }

    private static JsonValue Parse(Type type, string text)
    {
        if (type == typeof(bool) && bool.TryParse(text, out bool flag))
            return JsonValue.Create(flag);
        if ((type == typeof(int) || type == typeof(long)) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return JsonValue.Create(whole);
        return type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    private static bool TakesAuto(PropertyInfo option) => option.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType == typeof(LengthConverter);

    private static string Expected(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string))
            return "text in quotes";
        if (plain == typeof(bool))
            return "true or false";
        if (plain == typeof(double))
            return "a number";
        if (plain == typeof(int) || plain == typeof(long))
            return "a whole number";
        if (plain == typeof(IReadOnlyList<int>))
            return "a list of whole numbers, such as [50, 50]";
        if (plain == typeof(IReadOnlyList<double>))
            return "a list of numbers, such as [0.8, 0.95]";
        return plain.IsEnum ? $"one of {string.Join(", ", Words(plain))}" : "a list of names, such as [\"a\", \"b\"]";
    }

    private static IEnumerable<string> Words(Type choice) => Enum.GetValues(choice).Cast<object>()
        .Select(value => JsonSerializer.SerializeToNode(value, choice, RunConfig.Json)!.ToJsonString());
}
