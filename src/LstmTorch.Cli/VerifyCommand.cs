using System.CommandLine;
using System.Text.Json;
using LstmTorch.Persistence;
using LstmTorch.Recurrent;
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
        var random = new NumberOption<int>("--random", "Verifies with so many cases of random sizes as well.", byDefault: 0, least: 0);
        var repeat = new NumberOption<int>("--repeat", "Runs every case so often; outputs and gradients must be the same to the bit.", byDefault: 1, least: 1);
        command.Add(random);
        command.Add(repeat);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            Device device = Devices.Resolve(parsed.GetDevice());
            string kernel = LstmKernels.Wanted(parsed.GetValue(kernels) ?? LstmKernels.Auto);
            string[] named = parsed.GetValue(files) ?? [];
            IReadOnlyList<ReferenceCase> cases = named.Length == 0 ? ReferenceCase.Embedded() : [.. named.Select(ReferenceCase.Read)];
            List<VerificationResult> results = [];

            // Many cases take minutes, most of them in the compiler of a CUDA device.
            bool tells = !parsed.GetValue(CommonOptions.Quiet) && (random.Of(parsed) > 0 || repeat.Of(parsed) > 1);
            IReadOnlyList<Subject> subjects = Subjects(kernel, device, results);
            foreach (Func<ReferenceCase> make in cases.Select(@case => (Func<ReferenceCase>)(() => @case))
                .Concat(Enumerable.Range(1, random.Of(parsed)).Select(number => (Func<ReferenceCase>)(() => ReferenceCase.Random(number)))))
            {
                using var scope = NewDisposeScope();
                ReferenceCase @case = make();
                VerificationResult[] outcomes = [.. subjects.Select(subject =>
                    KernelVerification.Run(@case, subject.Kernel, subject.Type, device, subject.Precision, repeat.Of(parsed)))];
                results.AddRange(outcomes);
                if (tells)
                    Console.Error.WriteLine($"{@case.Name}: {(Array.TrueForAll(outcomes, outcome => outcome.Passed) ? "ok" : "FAILED")}");
            }

            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(results, RunConfig.Json));
            else
                ResultTables.WriteVerification(Console.Out, results);

            // A check that ran nothing has shown nothing.
            return results.All(result => result.Passed) && results.Exists(result => result.Refusal is null) ? ExitCode.Success : ExitCode.CheckFailed;
        });
        return command;
    }

    /// <summary>What is verified; a kernel that does not serve the device at all becomes one result that says so.</summary>
    private static List<Subject> Subjects(string wanted, Device device, List<VerificationResult> results)
    {
        var subjects = new List<Subject>();
        foreach (ILstmKernel kernel in LstmKernels.All.Where(kernel => wanted is LstmKernels.Auto || kernel.Name == wanted))
        {
            if (KernelVerification.Refusal(kernel, ScalarType.Float32, device) is { } refusal)
            {
                results.Add(new VerificationResult("all", kernel.Name, "all", 0, [], refusal));
                continue;
            }

            subjects.Add(new Subject(kernel, ScalarType.Float64, MatrixPrecision.Fp32));
            subjects.Add(new Subject(kernel, ScalarType.Float32, MatrixPrecision.Fp32));
            if (kernel is CudaKernel)
                subjects.Add(new Subject(kernel, ScalarType.Float32, MatrixPrecision.Tf32));
        }

        return subjects;
    }

    /// <summary>A kernel in one precision.</summary>
    private sealed record Subject(ILstmKernel Kernel, ScalarType Type, MatrixPrecision Precision);
}
