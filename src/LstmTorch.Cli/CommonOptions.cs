using System.CommandLine;
using LstmTorch.Data;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>The options that several verbs share.</summary>
internal static class CommonOptions
{
    private const string Auto = "auto";

    public static Option<bool> Json { get; } = new("--json") { Description = "Results as one JSON document on standard output." };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "No progress and no remarks on standard error." };

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "With an error, also its stack trace." };

    public static Option<string?> Device { get; } = new("--device")
    {
        Description = "auto, cpu, cuda or cuda:N. Default: auto.",
        HelpName = "DEVICE",
    };

    public static Option<string?> Precision { get; } =
        Choice<MatrixPrecision>("--precision", "How matrix products round on a CUDA device. Default: fp32.");

    public static Option<string?> Kernel { get; } =
        OneOf("--kernel", "How the recurrence is computed. Default: auto, the fastest that serves.", LstmKernels.Names);

    public static Option<string?> Delimiter { get; } = new("--delimiter")
    {
        Description = "The character between fields, or tab. Default: recognized.",
        HelpName = "CHAR",
    };

    public static Option<string?> Missing { get; } = Choice<MissingValues>("--missing", "What to do about missing values. Default: as in training.");

    /// <summary>The device that was asked for.</summary>
    public static string GetDevice(this ParseResult parsed) => parsed.GetValue(Device) ?? Auto;

    /// <summary>The precision that was asked for.</summary>
    public static MatrixPrecision GetPrecision(this ParseResult parsed) => parsed.GetChoice<MatrixPrecision>(Precision) ?? MatrixPrecision.Fp32;

    /// <summary>The kernel that was asked for.</summary>
    public static string GetKernel(this ParseResult parsed) => parsed.GetValue(Kernel) ?? LstmKernels.Auto;

    /// <summary>Tells, unless --quiet is given, what a user should know of some data.</summary>
    public static void Remark(this ParseResult parsed, TimeSeriesSet data, string text)
    {
        if (!parsed.GetValue(Quiet))
            Console.Error.WriteLine($"lstmtorch: {data.SourceName}: {text}");
    }

    /// <summary>An option that takes one word of an enum.</summary>
    public static Option<string?> Choice<T>(string name, string description)
        where T : struct, Enum => OneOf(name, description, Choices.Names<T>());

    /// <summary>The enum value of such an option, or null if it was not given.</summary>
    public static T? GetChoice<T>(this ParseResult parsed, Option<string?> option)
        where T : struct, Enum => Choices.TryParse(parsed.GetValue(option), out T value) ? value : null;

    /// <summary>An option that takes one of some words.</summary>
    public static Option<string?> OneOf(string name, string description, IReadOnlyList<string> words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', words) };
        option.CompletionSources.Add([.. words]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !words.Contains(token.Value))
                result.AddError($"{name} '{token.Value}': use one of {string.Join(", ", words)}");
        });
        return option;
    }

    /// <summary>An option that takes words with commas between them.</summary>
    public static Option<T[]> List<T>(string name, string helpName, string description, string remedy, TryParse<T> parse) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var values = new List<T>();
            foreach (string word in result.Tokens[0].Value.Split(','))
            {
                if (!parse(word, out T value))
                {
                    result.AddError($"{name} '{word}': {remedy}");
                    return [];
                }

                values.Add(value);
            }

            return [.. values];
        },
    };

    /// <summary>Reads a word.</summary>
    internal delegate bool TryParse<T>(string word, out T value);
}
