using System.CommandLine;
using System.Text.Json;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>info [MODEL]</c>: what a model is, or what the program runs on.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "info",
            "Describes a model; without one, the environment: system, processor, libtorch, devices and kernels.",
            "checkpoints/seattle-weather");
        var model = new Argument<string?>("MODEL") { Description = "A run directory, or a model.safetensors.", Arity = ArgumentArity.ZeroOrOne };
        command.Add(model);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            if (parsed.GetValue(model) is { } path)
                DescribeModel(path, json);
            else
                DescribeEnvironment(json);
            return ExitCode.Success;
        });
        return command;
    }

    private static void DescribeModel(string path, bool json)
    {
        ModelFile file = ModelFile.Read(path);
        long parameters = file.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        if (json)
            Console.Out.WriteLine(ForecasterConfigJson.Serialize(file.Config));
        else
            ResultTables.WriteModel(Console.Out, path, file.Config, parameters);
    }

    private static void DescribeEnvironment(bool json)
    {
        IReadOnlyDictionary<string, string> facts = EnvironmentFacts.Collect();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(facts, RunConfig.Json));
            return;
        }

        foreach (var (name, value) in facts)
            Console.Out.WriteLine($"{name,-14} {value}");
    }
}
