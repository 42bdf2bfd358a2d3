using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LstmTorch.Data;
using LstmTorch.Persistence;
using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>The file of <c>--config</c>: options as JSON under their names in snake_case, or the config.json of a run.</summary>
internal static class ConfigFile
{
    private static readonly Dictionary<string, PropertyInfo> s_options =
        typeof(RunOptions).GetProperties().ToDictionary(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    /// <summary>Reads the file; an option that is absent or null keeps its default, and one value may stand for a list of it.</summary>
    /// <exception cref="LstmTorchException">The file is missing or not JSON, or an option is unknown or of another type.</exception>
    public static RunOptions Read(string file)
    {
        JsonObject json = Parse(file);
        if (json["options"] is JsonObject ofRun && json.ContainsKey("format_version"))
        {
            json = ofRun;
            json.Remove("resume");
            json.Remove("overwrite");
        }

        foreach (var (name, given) in json.ToList())
        {
            JsonNode? value = given;
            if (value is JsonValue && s_options.TryGetValue(name, out PropertyInfo? option) && IsList(option.PropertyType))
                json[name] = value = new JsonArray(value.DeepClone());
            Check(file, name, value, given);
            if (value is null)
                json.Remove(name);
        }

        return json.Deserialize<RunOptions>(RunConfig.Json)!;
    }

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    private static JsonObject Parse(string file)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(File.ReadAllText(file), documentOptions: options) as JsonObject
                ?? throw Wrong($"{file}: must hold a JSON object, such as {{\"epochs\": 20}}");
        }
        catch (JsonException error)
        {
            string what = error.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0].ReplaceLineEndings(" ").TrimEnd('.');
            throw Wrong($"{file}, line {error.LineNumber + 1 ?? 1}: not JSON: {what}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string what = File.Exists(file) ? "cannot be read" : Directory.Exists(file) ? "this is a folder" : "there is no such file";
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: {what}; --config takes a JSON file", error);
        }
    }

    private static void Check(string file, string name, JsonNode? value, JsonNode? given)
    {
        if (!s_options.TryGetValue(name, out PropertyInfo? option))
        {
            string hint = NearestNames.Suggest(name, s_options.Keys);
            throw Wrong($"{file}: there is no option '{name}'; {(hint.EndsWith('?') ? hint : "lstmtorch train --help lists them, here with _ for -")}");
        }

        bool takesAuto = option.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType == typeof(LengthConverter);
        if (value is null || (takesAuto && value is JsonValue && value.ToString() == "auto"))
            return;

        try
        {
            _ = value.Deserialize(option.PropertyType, RunConfig.Json);
        }
        catch (JsonException)
        {
            throw Wrong($"{file}: {name} is {given!.ToJsonString()}; it must be {Expected(option.PropertyType)}{(takesAuto ? ", or \"auto\"" : string.Empty)}");
        }
    }

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

    private static LstmTorchException Wrong(string message) => new(ErrorKind.Usage, message);
}
