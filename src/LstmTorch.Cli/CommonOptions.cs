using System.CommandLine;
using System.CommandLine.Parsing;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>The options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Results as one JSON document on standard output." };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No progress and no remarks on standard error." };

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "With an error, also where in the program it arose." };

    public static Option<string> Device { get; } = new("--device")
    {
        Description = "auto, cpu, cuda or cuda:N.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<string> Kernel { get; } = new("--kernel")
    {
        Description = "How the recurrence is computed; auto takes the fastest that serves.",
        HelpName = string.Join('|', LstmKernels.Names),
        DefaultValueFactory = _ => LstmKernels.Auto,
    };

    public static Option<string?> Delimiter { get; } = new("--delimiter")
    {
        Description = "The character between fields, or tab. Found by itself if not given.",
        HelpName = "CHAR",
    };

    public static Option<string?> Missing { get; } = Choice<MissingValues>("--missing", "What to do about missing values.");

    /// <summary>An option that takes one word of an enum.</summary>
    public static Option<string?> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        IReadOnlyList<string> words = Choices.Names<T>();
        return new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result => OneOf(name, words, result),
        };
    }

    /// <summary>The enum value of such an option, or null if it was not given.</summary>
    public static T? GetChoice<T>(this ParseResult parsed, Option<string?> option)
        where T : struct, Enum => Choices.TryParse(parsed.GetValue(option), out T value) ? value : null;

    private static string? OneOf(string name, IReadOnlyList<string> words, ArgumentResult result)
    {
        string word = result.Tokens[0].Value;
        if (words.Contains(word))
            return word;
        result.AddError($"{name} '{word}': use one of {string.Join(", ", words)}");
        return null;
    }
}
