using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class StopSignalsTests : IDisposable
{
    private const int Interrupt = 2, UserSignal1 = 10, Terminate = 15;

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 75)]
    [InlineData(UserSignal1, 75)]
    public async Task Train_Signal_StopsAndCanBeResumed(int signal, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill, under their numbers on Linux.");
        Assert.SkipWhen(IsIgnored(signal), "The tests were started with this signal ignored, which a process inherits.");
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        _tool.WriteSeries();
        string[] train = ["train", "series.csv", "--out", "run", .. Tool.Tiny];
        using Process process = _tool.Start([.. train, "--epochs", "1000000"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancelled);
        Assert.StartsWith("epoch", await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            await kill.WaitForExitAsync(cancelled);
        string error = await process.StandardError.ReadToEndAsync(cancelled);
        Tool.WaitForEnd(process);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains("--resume", error.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains("written to run", await output, StringComparison.Ordinal);
        int epochs = LastEpoch();
        _tool.Run([.. train, "--epochs", (epochs + 1).ToString(CultureInfo.InvariantCulture), "--resume"]).Exits(0);
        Assert.Equal(epochs + 1, LastEpoch());
    }

    private int LastEpoch() =>
        int.Parse(_tool.Read("run", "history.csv").TrimEnd('\n').Split('\n')[^1].Split(',')[0], CultureInfo.InvariantCulture);

    private static bool IsIgnored(int signal)
    {
        const string file = "/proc/self/status", key = "SigIgn:";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is not null && (ulong.Parse(line[key.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }
}
