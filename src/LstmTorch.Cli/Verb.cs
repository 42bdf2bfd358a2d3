using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LstmTorch.Cli;

/// <summary>A verb of the tool, with an example that its help ends on.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">What it does.</param>
/// <param name="example">A call of it, without the tool's name.</param>
internal sealed class Verb(string name, string description, string example) : Command(name, description)
{
    private readonly string _example = example;

    /// <summary>Lets the help of every verb end on its example.</summary>
    public static void ShowExamples(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((HelpAction)help.Action!);
    }

    /// <summary>How a command is called: the tool's name, the verb, and the part of it if it has parts.</summary>
    public static string Call(Command command) => command is RootCommand ? "lstmtorch" : $"{Call(command.Parents.OfType<Command>().First())} {command.Name}";

    private sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int exitCode = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb verb)
                parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {Call(verb)} {verb._example}".TrimEnd());
            return exitCode;
        }
    }
}
