using System.CommandLine;
using System.Text.Json;
using LstmTorch.Persistence;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Verification;
using static TorchSharp.torch;

namespace LstmTorch.Cli;

/// <summary><c>verify [CASE…]</c>: holds every kernel against worked examples of the equations.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "verify",
            "Runs reference cases through every kernel in float64 and float32, and prints the largest error of outputs and gradients. Exit code 1 if one is beyond its tolerance.",
            "");
        var files = new Argument<string[]>("CASE") { Description = "JSON files of cases. Default: those that the program carries.", Arity = ArgumentArity.ZeroOrMore };
        command.Add(files);
        command.Add(CommonOptions.Device);
        Option<string?> kernels = CommonOptions.OneOf("--kernel", "The kernel to run. Default: auto, which means all.", LstmKernels.Names);
        command.Add(kernels);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            Device device = Devices.Resolve(parsed.GetDevice());
            string kernel = LstmKernels.Wanted(parsed.GetValue(kernels) ?? LstmKernels.Auto);
            string[] named = parsed.GetValue(files) ?? [];
            IReadOnlyList<ReferenceCase> cases = named.Length == 0 ? ReferenceCase.Embedded() : [.. named.Select(ReferenceCase.Read)];
            List<VerificationResult> results =
            [
                .. from @case in cases
                   from candidate in LstmKernels.All
                   where kernel is LstmKernels.Auto || candidate.Name == kernel
                   from dtype in new[] { ScalarType.Float64, ScalarType.Float32 }
                   select KernelVerification.Run(@case, candidate, dtype, device),
            ];
            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(results, RunConfig.Json));
            else
                ResultTables.WriteVerification(Console.Out, results);

            // A check that ran nothing has shown nothing.
            return results.All(result => result.Passed) && results.Exists(result => result.Refusal is null) ? ExitCode.Success : ExitCode.CheckFailed;
        });
        return command;
    }
}
