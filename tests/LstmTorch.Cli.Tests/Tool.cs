using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>What a call of the tool came to.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The one line on standard error; anything else there is a failure.</summary>
    public string ErrorLine
    {
        get
        {
            string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length == 1, $"expected one line on standard error:\n{Error}");
            Assert.StartsWith("lstmtorch: ", lines[0], StringComparison.Ordinal);
            return lines[0];
        }
    }

    /// <summary>Asserts the exit code, and shows standard error if it is another.</summary>
    public ToolResult Exits(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}; standard error:\n{Error}");
        return this;
    }
}

/// <summary>The built tool, run as a process in a fresh temporary folder.</summary>
public sealed class Tool : IDisposable
{
    /// <summary>Options that make a training run take a moment.</summary>
    internal static readonly string[] Tiny = ["--hidden-size", "4", "--context-length", "3"];

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public Tool() => Folder = Directory.CreateTempSubdirectory("lstmtorch-cli-").FullName;

    /// <summary>The command that runs .NET programs and builds.</summary>
    internal static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The repository's root.</summary>
    internal static string Repository { get; } = PathOf("RepositoryPath");

    /// <summary>The built tool, or a copy of it.</summary>
    internal string Dll { get; init; } = PathOf("ToolPath");

    /// <summary>The working directory of every call.</summary>
    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Runs the tool to its end.</summary>
    internal ToolResult Run(params string[] arguments) => Finish(Start(arguments));

    /// <summary>Runs another program to its end, in the same folder.</summary>
    internal ToolResult RunProgram(string program, params string[] arguments) => Finish(StartProgram(program, arguments));

    private static ToolResult Finish(Process started)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        WaitForEnd(process);
        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts the tool; the caller reads its streams.</summary>
    internal Process Start(params string[] arguments) => StartProgram(DotNet, [Dll, .. arguments]);

    private Process StartProgram(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("LSTMTORCH_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);

        // Models of four units gain nothing from threads, and tests that run beside each other lose much to their spinning.
        start.Environment["OMP_NUM_THREADS"] = "1";
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for a started tool, and ends it where it hangs.</summary>
    internal static void WaitForEnd(Process process)
    {
        if (process.WaitForExit(s_limit))
            return;
        process.Kill(entireProcessTree: true);
        Assert.Fail($"still running after {s_limit}: {string.Join(' ', process.StartInfo.ArgumentList)}");
    }

    /// <summary>Trains a tiny model on series.csv for one epoch; more options follow.</summary>
    internal ToolResult TrainTiny(string output, params string[] more) =>
        Run(["train", "series.csv", "--out", output, .. Tiny, .. more.Contains("--epochs") ? more : ["--epochs", "1", .. more]]);

    internal string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    internal string Read(params string[] parts) => File.ReadAllText(At(parts));

    internal string Sha256(params string[] parts) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(At(parts))));

    internal void Write(string name, string text, Encoding? encoding = null) => File.WriteAllText(At(name), text, encoding ?? new UTF8Encoding(false));

    /// <summary>Writes a CSV file of days with two columns of numbers, load and wind; lines may be changed on the way.</summary>
    internal void WriteSeries(string name = "series.csv", int rows = 40, Action<List<string>>? change = null)
    {
        var lines = new List<string> { "date,load,wind" };
        for (int row = 0; row < rows; row++)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{new DateTime(2024, 1, 1).AddDays(row):yyyy-MM-dd},{20 + (10 * Math.Sin(0.9 * row)):F3},{row * 7 % 5}"));
        }

        change?.Invoke(lines);
        Write(name, string.Join('\n', lines) + "\n");
    }

    /// <summary>What the build knew about this repository.</summary>
    internal static string BuildFact(string key) =>
        typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    private static string PathOf(string key) => Path.GetFullPath(BuildFact(key));
}
