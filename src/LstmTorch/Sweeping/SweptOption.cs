using System.Globalization;
using System.Text.Json.Nodes;
using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>An option that differs between the trials of a sweep, and the values that it may have.</summary>
/// <remarks>
/// As text, <c>learning-rate=1e-4..1e-2:log</c> is a range, <c>hidden-size=32/64,64</c> two values: a slash stands between values, because
/// some are lists with commas. A range of a whole number has whole numbers, its ends among them; with <c>:log</c>, each of its
/// powers is as likely as another.
/// </remarks>
internal abstract record SweptOption(string Name)
{
    /// <summary>Options that say what is forecast, on which rows, or where: trials that differ in them cannot be compared, or are the same.</summary>
    private static readonly string[] s_fixed =
    [
        "data", "out", "time", "target", "series_id", "wide", "delimiter", "missing", "horizon", "seasonality", "validation_fraction", "test_fraction",
        "device", "kernel", "threads", "checkpoint_every", "checkpoint_steps", "resume", "overwrite",
    ];

    /// <summary>All values, in their order; null where there are too many to list.</summary>
    public virtual IReadOnlyList<JsonNode?>? Values => null;

    /// <summary>Draws a value.</summary>
    public abstract JsonNode? Draw(Random random);

    /// <summary>Reads an option with its values.</summary>
    /// <param name="text">NAME=VALUE/VALUE/…, or for numbers NAME=LOW..HIGH or NAME=LOW..HIGH:log.</param>
    /// <exception cref="LstmTorchException">There is no such option, it cannot differ between trials, or it takes no such value.</exception>
    public static SweptOption Parse(string text)
    {
        if (text.Split('=', 2) is not [var given, { Length: > 0 } values])
            throw Wrong(text, $"write NAME=VALUE/VALUE or NAME=LOW..HIGH{(File.Exists(text) ? "; a file is named before the options" : string.Empty)}");
        string name = given.TrimStart('-').Replace('-', '_');
        if (!RunOptionValues.Names.Contains(name))
        {
            string? near = NearestNames.Nearest(name, RunOptionValues.Names)?.Replace('_', '-');
            throw Wrong(text, $"there is no option '{given}'; {near ?? "lstmtorch train --help lists them"}");
        }

        if (s_fixed.Contains(name))
            throw Wrong(text, $"'{given}' must be the same in all trials, which could not be compared otherwise; give --{given.TrimStart('-')} instead");
        return values.Contains("..", StringComparison.Ordinal) ? Range(text, name, values) : Choices(text, name, values);
    }

    private static SweptChoices Choices(string text, string name, string values)
    {
        JsonNode?[] all = [.. values.Split('/').Select(value => Value(text, name, value))];
        string?[] distinct = [.. all.Select(value => value?.ToJsonString()).Distinct()];
        return distinct.Length == all.Length ? new SweptChoices(name, all) : throw Wrong(text, "a value stands there twice");
    }

    private static SweptRange Range(string text, string name, string values)
    {
        var (isNumber, isWhole) = RunOptionValues.Number(name);
        if (!isNumber)
            throw Wrong(text, "only a number has a range; write its values with / between them");
        bool logarithmic = values.EndsWith(":log", StringComparison.Ordinal);
        string[] ends = (logarithmic ? values[..^4] : values).Split("..");
        if (ends.Length != 2)
            throw Wrong(text, "a range is LOW..HIGH");
        double low = End(text, name, ends[0]), high = End(text, name, ends[1]);
        if (!(low < high))
            throw Wrong(text, "the range must begin below its end");
        return !logarithmic || low > 0
            ? new SweptRange(name, low, high, isWhole, logarithmic)
            : throw Wrong(text, "a range with :log begins above 0");
    }

    private static double End(string text, string name, string end) =>
        Value(text, name, end) is { } value && double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(text, "a range is LOW..HIGH, two numbers");

    private static JsonNode? Value(string text, string name, string value)
    {
        JsonNode? parsed = RunOptionValues.Parse(name, value);
        return RunOptionValues.Expected(name, parsed) is { } expected ? throw Wrong(text, $"'{value}' must be {expected}") : parsed;
    }

    private static LstmTorchException Wrong(string text, string what) => new(ErrorKind.Usage, $"--vary {text}: {what}");
}

/// <summary>Some values.</summary>
internal sealed record SweptChoices(string Name, IReadOnlyList<JsonNode?> All) : SweptOption(Name)
{
    public override IReadOnlyList<JsonNode?> Values => All;

    public override JsonNode? Draw(Random random) => All[random.Next(All.Count)]?.DeepClone();
}

/// <summary>A range of numbers.</summary>
internal sealed record SweptRange(string Name, double Low, double High, bool IsWhole, bool Logarithmic) : SweptOption(Name)
{
    /// <summary>More digits of a drawn number mean nothing, and nobody reads them.</summary>
    private const int Digits = 3;

    public override JsonNode Draw(Random random)
    {
        // A whole number stands for what would be rounded to it, so that the ends are as likely as the others.
        double margin = IsWhole ? 0.5 : 0, share = random.NextDouble();
        double low = Low - margin, high = High + margin;
        double value = Logarithmic ? low * Math.Pow(high / low, share) : low + ((high - low) * share);
        return IsWhole
            ? JsonValue.Create((long)Math.Clamp(Math.Round(value), Low, High))
            : JsonValue.Create(Math.Clamp(double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), Low, High));
    }
}
