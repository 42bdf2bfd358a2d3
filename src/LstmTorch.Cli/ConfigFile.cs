using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>The file of <c>--config</c>: options as JSON under their names in snake_case, or the config.json of a run.</summary>
internal static class ConfigFile
{
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

        if (json.ContainsKey("format_version"))
            throw Wrong($"{file}: holds no options of train; name a JSON file of options, or a run's config.json");
        foreach (var (name, given) in json.ToList())
        {
            JsonNode? value = given;
            if (value is JsonValue && RunOptionValues.IsList(name))
                json[name] = value = new JsonArray(value.DeepClone());
            Check(file, name, value, given);
        }

        return RunOptionValues.Read(json);
    }

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
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: {what}; name a JSON file of options, or a run's config.json", error);
        }
    }

    private static void Check(string file, string name, JsonNode? value, JsonNode? given)
    {
        if (!RunOptionValues.Names.Contains(name))
        {
            throw Wrong($"{file}: there is no option '{name}'; {NearestNames.Nearest(name, RunOptionValues.Names) ?? "lstmtorch train --help lists them, here with _ for -"}");
        }

        if (RunOptionValues.Expected(name, value) is { } expected)
            throw Wrong($"{file}: {name} is {given!.ToJsonString()}; it must be {expected}");
    }

    private static LstmTorchException Wrong(string message) => new(ErrorKind.Usage, message);
}
