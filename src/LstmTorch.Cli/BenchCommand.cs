using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LstmTorch.Benchmarking;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Cli;

/// <summary><c>bench</c>: kernels against <c>nn.LSTM</c>, in turn within one process.</summary>
internal static class BenchCommand
{
    private const double DefaultSeconds = 2, LongestSeconds = 3600;
    private const int DefaultProcesses = 3;

    public static Command Create()
    {
        var command = new Verb(
            "bench",
            "Times the kernels against nn.LSTM without peepholes, in turn within one process a case, and prints medians. A ratio above 1 means faster than nn.LSTM.",
            "--case 64,96,7,128,2 --pass train --peephole full");
        var cases = new Option<string[]>("--case") { Description = "B,T,D,H[,layers]; may be repeated. Default: ten shapes.", HelpName = "SIZES" };
        Option<string?> pass = CommonOptions.Choice<BenchmarkPass>("--pass", "What to time; step is a whole training step. Default: train with --case, else all three.");
        Option<string?> peephole = CommonOptions.Choice<PeepholeKind>("--peephole", "The peepholes of our side. Default: diagonal and full.");
        var require = new Option<string?>("--require") { Description = "A file as --json writes it: its cases are run; exit code 1 if a ratio is below the file's.", HelpName = "FILE" };
        var seconds = new NumberOption<double>("--seconds", "How long to measure each case, and at least 20 pairs.", DefaultSeconds, least: 0, LongestSeconds);
        var threads = new NumberOption<int>("--threads", "CPU threads of both sides. Default: as many as there are cores.", least: 1);
        var processes = new NumberOption<int>("--processes", "In how many processes each case is timed; the one with the median ratio counts.", DefaultProcesses, least: 1);
        foreach (Option option in new Option[] { cases, pass, peephole, CommonOptions.Kernel, CommonOptions.Device, CommonOptions.Precision, threads, seconds, processes, require, CommonOptions.Json, CommonOptions.Quiet, CommonOptions.Verbose })
            command.Add(option);

        command.SetAction(parsed =>
        {
            int threadCount = parsed.GetValue(threads) ?? Environment.ProcessorCount;
            IReadOnlyDictionary<BenchmarkCase, double>? required =
                parsed.GetValue(require) is { } file ? BenchmarkReport.ReadRequirements(file) : null;
            BenchmarkCase[] chosen = [.. required?.Keys ?? Chosen(
                parsed.GetValue(cases) ?? [], parsed.GetChoice<BenchmarkPass>(pass), parsed.GetChoice<PeepholeKind>(peephole))];

            LibTorch.SetThreads(threadCount);
            Device device = Devices.Resolve(parsed.GetDevice());
            int processCount = processes.Of(parsed);
            BenchmarkResult Run(BenchmarkCase @case)
            {
                if (chosen.Length == 1 && processCount == 1)
                    return KernelBenchmark.Run(@case, parsed.GetKernel(), device, TimeSpan.FromSeconds(seconds.Of(parsed)), parsed.GetPrecision());
                string[] options =
                [
                    "--kernel", parsed.GetKernel(),
                    "--device", parsed.GetDevice(),
                    "--precision", Choices.Name(parsed.GetPrecision()),
                    "--threads", threadCount.ToString(CultureInfo.InvariantCulture),
                    "--seconds", seconds.Of(parsed).ToString(CultureInfo.InvariantCulture),
                ];
                BenchmarkResult[] results = [.. Enumerable.Range(0, processCount).Select(_ => RunInChild(@case, options)).OrderBy(result => result.Ratio)];
                return results[(processCount - 1) / 2];
            }

            var results = new List<BenchmarkResult>();
            foreach (BenchmarkCase @case in chosen)
            {
                results.Add(Run(@case));
                if (!parsed.GetValue(CommonOptions.Quiet))
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{@case} {Choices.Name(@case.Pass)} {Choices.Name(@case.Peephole)}: {results[^1].Ratio:F2}"));
            }

            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(BenchmarkReport.Serialize(EnvironmentFacts.MachineWith(device), threadCount, results, device.type == TorchSharp.DeviceType.CUDA ? parsed.GetPrecision() : null));
            else
                ResultTables.WriteBenchmark(Console.Out, results, required);
            return results.TrueForAll(result => required is null || result.Ratio >= required[result.Case]) ? ExitCode.Success : ExitCode.CheckFailed;
        });
        return command;
    }

    private static IEnumerable<BenchmarkCase> Chosen(string[] cases, BenchmarkPass? pass, PeepholeKind? peephole)
    {
        PeepholeKind[] kinds = peephole is { } kind ? [kind] : [PeepholeKind.Diagonal, PeepholeKind.Full];
        return cases.Length > 0
            ? cases.SelectMany(text => kinds.Select(each => BenchmarkCase.Parse(text, pass ?? BenchmarkPass.Train, each)))
            : BenchmarkCase.Default
                .Where(@case => (pass is null || @case.Pass == pass) && @case.Peephole == PeepholeKind.Full)
                .SelectMany(@case => kinds.Select(each => @case with { Peephole = each }));
    }

    /// <summary>
    /// Processes of their own, since what happens to lie in the C library's heap makes libtorch up to twice as fast or slow for
    /// as long as a process lives: it decides whether large tensors cost fresh pages.
    /// </summary>
    private static BenchmarkResult RunInChild(BenchmarkCase @case, IReadOnlyList<string> options)
    {
        string program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        using var child = Process.Start(new ProcessStartInfo(
            program,
            [.. host, "bench", "--case", @case.ToString(), "--pass", Choices.Name(@case.Pass), "--peephole", Choices.Name(@case.Peephole), .. options, "--processes", "1", "--json", "--quiet"])
        {
            RedirectStandardOutput = true,
        })!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == ExitCode.Success
            ? BenchmarkReport.ReadResults(output).Single()
            : throw new LstmTorchException(ErrorKind.Environment, $"case {@case}: its process ended with exit code {child.ExitCode}");
    }
}
