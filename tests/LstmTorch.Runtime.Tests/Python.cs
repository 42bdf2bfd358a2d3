using System.Diagnostics;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>A Python that has a package, where there is one.</summary>
internal static class Python
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a script in a folder, or skips the test where no Python at hand has the package.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static string Run(string package, string folder, string script, params string[] arguments)
    {
        // The first one on the path may be a version of one's own, the second is the system's with the system's packages.
        string? python = ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(name => Call(name, folder, ["-c", $"import {package}"]) is (0, _, _));
        Assert.SkipUnless(python is not null, $"no python3 with {package} is at hand");
        var (code, output, error) = Call(python!, folder, ["-c", script, .. arguments])!.Value;
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error)? Call(string name, string folder, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["OMP_NUM_THREADS"] = "1", ["PYTHONIOENCODING"] = "utf-8" },
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"{name} still runs after {s_limit}");
            }

            return (process.ExitCode, output.Result, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
