using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LstmTorch.Data;

namespace LstmTorch.Cli;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageError
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (What(parsed, command) is not { } what)
            return null;

        return $"{what}{(what.EndsWith('?') ? string.Empty : ";")} see {Verb.Call(command)} --help";
    }

    private static string? What(ParseResult parsed, Command command)
    {
        // Help of something that is not there would be that of something else.
        if (parsed.Action is { ClearsParseErrors: true })
            return command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count > 0 ? Part(parsed, command) : null;

        // A verb with parts takes nothing else: whatever follows was meant for the part.
        if (command.Subcommands.Count > 0)
            return Part(parsed, command);

        // The parser takes a mistyped option for an argument, and would then complain of what follows it.
        string? option = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && LooksLikeOption(token.Value))?.Value;
        if (option is not null)
            return Unknown("option", option.Split('=')[0], [.. command.Options.Select(known => known.Name)]);
        if (parsed.UnmatchedTokens is [var surplus, ..])
            return $"'{surplus}' is one argument too many";
        return parsed.Errors is [var error, ..] ? error.Message.ReplaceLineEndings(" ").TrimEnd('.') : null;
    }

    /// <summary>What is wrong where one of a verb's parts should be named; the tool's own verbs are too many to list.</summary>
    private static string? Part(ParseResult parsed, Command command)
    {
        string[] parts = [.. command.Subcommands.Select(part => part.Name)];
        string all = command is RootCommand ? string.Empty : $"name one of {string.Join(", ", parts)}";
        if (parsed.UnmatchedTokens is not [var word, ..])
            return all.Length > 0 ? all : parsed.Errors.Count > 0 ? "name a command" : null;
        string unknown = Unknown(LooksLikeOption(word) ? "option" : "command", word, parts);
        return all.Length == 0 || unknown.EndsWith('?') ? unknown : $"{unknown}; {all}";
    }

    private static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-' && !double.TryParse(word.Split(',')[0], CultureInfo.InvariantCulture, out _);

    private static string Unknown(string kind, string word, IReadOnlyCollection<string> known)
    {
        // Where nothing is near, the list of all would not fit a line: the help has it.
        return $"there is no {kind} '{word}'{(NearestNames.Nearest(word, known) is { } near ? $"; {near}" : string.Empty)}";
    }
}
