using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace LstmTorch.Cli.Tests;

/// <summary>What one call of the tool came to.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>Calls the built tool as a process in a folder of its own, as a user would.</summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>The folder that the tool runs in; removed at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("lstmtorch-cli-").FullName;

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = Metadata("RepositoryPath");

    /// <summary>Options that make a training take a moment.</summary>
    public static string[] Small { get; } = ["--hidden-size", "4", "--epochs", "2", "--context-length", "3", "--quiet"];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file into the folder and returns its name.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    /// <summary>Writes 60 days of a wave and a second column.</summary>
    public string WriteWave(string name = "wave.csv", int rows = 60) => Write(name, "date,level,other,note\n" + string.Concat(
        Enumerable.Range(0, rows).Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"{new DateTime(2024, 1, 1).AddDays(row):yyyy-MM-dd},{10 + (3 * Math.Sin(row * 0.5)):F4},{Math.Cos(row * 0.5):F4},day {row}\n"))));

    /// <summary>Runs the tool to its end.</summary>
    public ToolResult Run(params string[] arguments) => Finish(Start(arguments));

    /// <summary>Starts the tool.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Metadata("ToolPath"), .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("LSTMTORCH_KERNEL");
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for the end and gathers what was written.</summary>
    public static ToolResult Finish(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill();
                throw new TimeoutException("The tool did not end.");
            }

            return new ToolResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
    }

    private static string Metadata(string key) => Path.GetFullPath(
        typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!);
}
