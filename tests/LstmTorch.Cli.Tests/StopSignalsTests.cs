using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class StopSignalsTests : IDisposable
{
    private const int HangUp = 1, Interrupt = 2, UserSignal1 = 10, Terminate = 15;

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 75)]
    [InlineData(UserSignal1, 75)]
    [InlineData(HangUp, 75)]
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
        await Send(signal, process);
        string error = await process.StandardError.ReadToEndAsync(cancelled);
        Tool.WaitForEnd(process);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains("--resume", error.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains("written to run", await output, StringComparison.Ordinal);
        int epochs = LastEpoch();
        _tool.Run([.. train, "--epochs", (epochs + 1).ToString(CultureInfo.InvariantCulture), "--resume"]).Exits(0);
        Assert.Equal(epochs + 1, LastEpoch());
    }

    [Fact]
    public async Task LrFind_Interrupt_SaysThatNothingCameOfIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill, under their numbers on Linux.");
        Assert.SkipWhen(IsIgnored(Interrupt), "The tests were started with this signal ignored, which a process inherits.");
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        _tool.WriteSeries();
        using Process process = _tool.Start(["lr-find", "series.csv", .. Tool.Tiny, "--seasonality", "auto", "--steps", "10000000"]);

        // The remark on the season comes before the first step.
        Assert.Contains("--seasonality", await process.StandardError.ReadLineAsync(cancelled), StringComparison.Ordinal);
        await Send(Interrupt, process);
        string error = await process.StandardError.ReadToEndAsync(cancelled);
        Tool.WaitForEnd(process);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("run the same command again", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_SecondInterrupt_EndsAtOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill, under their numbers on Linux.");
        Assert.SkipWhen(IsIgnored(Interrupt), "The tests were started with this signal ignored, which a process inherits.");
        _tool.WriteSeries();

        using Process process = _tool.Start(["train", "series.csv", "--out", "run", .. Tool.Tiny, "--epochs", "1000000", "--checkpoint-every", "1000000"]);
        Assert.StartsWith("epoch", await Line(process), StringComparison.Ordinal);
        await Send(Interrupt, process);

        // The checkpoint tells that it is stopping; plots and report take far longer than the next signal.
        while (!Directory.Exists(_tool.At("run", "checkpoints")))
            Assert.False(process.HasExited, "ended before its checkpoint");
        await Send(Interrupt, process);
        Tool.WaitForEnd(process);
        Assert.Equal(130, process.ExitCode);
        Assert.DoesNotContain("--resume", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_IntoAFolderInUse_IsRefusedUntilTheOtherIsKilled()
    {
        _tool.WriteSeries();
        using Process process = _tool.Start(["train", "series.csv", "--out", "run", .. Tool.Tiny, "--epochs", "1000000"]);
        Assert.StartsWith("epoch", await Line(process), StringComparison.Ordinal);
        Assert.Contains("run: another training is under way here", _tool.TrainTiny("run", "--overwrite").Exits(73).ErrorLine, StringComparison.Ordinal);
        process.Kill();
        Tool.WaitForEnd(process);
        _tool.TrainTiny("run", "--overwrite").Exits(0);
    }

    private static async Task<string?> Line(Process process) => await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);

    private static async Task Send(int signal, Process process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
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
