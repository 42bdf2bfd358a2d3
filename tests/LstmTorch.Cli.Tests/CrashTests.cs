using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Kills training at random moments. LSTMTORCH_CRASHES sets how often; a few times without it.</summary>
public sealed class CrashTests : IDisposable
{
    private const int BatchesPerEpoch = 4, CheckpointSteps = 3, Epochs = 400;

    // Checkpoints of epochs are left out, so that most of them fall inside an epoch.
    private static readonly string[] s_train =
    [
        "train", "series.csv", .. Tool.Tiny, "--batch-size", "7", "--epochs", Epochs.ToString(CultureInfo.InvariantCulture),
        "--checkpoint-steps", CheckpointSteps.ToString(CultureInfo.InvariantCulture), "--checkpoint-every", "100000",
    ];

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Train_KilledAtRandomAndResumed_LosesAtMostTheIntervalAndEndsWithTheSameBytes()
    {
        int crashes = int.Parse(Environment.GetEnvironmentVariable("LSTMTORCH_CRASHES") ?? "5", CultureInfo.InvariantCulture);
        _tool.WriteSeries();
        var clock = Stopwatch.StartNew();
        _tool.Run([.. s_train, "--out", "whole"]).Exits(0);
        int longest = (int)clock.ElapsedMilliseconds;
        var random = new Random(20021115);
        int finished = 0, resumed = 0, mostLost = 0;
        long newest = 0;
        string run = "run-0";
        for (int crash = 0; crash < crashes;)
        {
            bool resume = File.Exists(_tool.At(run, "config.json"));
            var (exitCode, epochs) = await RunFor(random.Next(100, longest), [.. s_train, "--out", run, .. resume ? ["--resume"] : Array.Empty<string>()]);
            if (exitCode == 0)
            {
                AssertSameAsWhole(run);
                run = $"run-{++finished}";
                newest = 0;
                continue;
            }

            Assert.Equal(137, exitCode);
            crash++;
            resumed += resume ? 1 : 0;
            long before = newest;
            newest = NewestStep(run);
            int lost = (int)Math.Max(0, (epochs * BatchesPerEpoch) - newest);
            mostLost = Math.Max(mostLost, lost);
            Assert.True(newest >= before, $"crash {crash}: step {newest} after {before}");
            Assert.True(lost <= CheckpointSteps, $"crash {crash}: {epochs} epochs were told, but the newest checkpoint is of step {newest}");
        }

        _tool.Run([.. s_train, "--out", run, .. File.Exists(_tool.At(run, "config.json")) ? ["--resume"] : Array.Empty<string>()]).Exits(0);
        AssertSameAsWhole(run);
        TestContext.Current.SendDiagnosticMessage($"{crashes} crashes, {resumed} of them of resumed runs, {finished + 1} runs came to their end; at most {mostLost} steps lost");
    }

    /// <summary>Runs the tool, kills it after so many milliseconds, and tells how many epochs it had told of.</summary>
    private async Task<(int ExitCode, int Epochs)> RunFor(int milliseconds, string[] arguments)
    {
        using Process process = _tool.Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(milliseconds))
            process.Kill();
        Tool.WaitForEnd(process);
        await output;
        string told = await error;
        Assert.True(process.ExitCode is 0 or 137, told);
        string? last = told.Split('\n').LastOrDefault(line => line.StartsWith("epoch", StringComparison.Ordinal) && line.Contains("left", StringComparison.Ordinal));
        return (process.ExitCode, last is null ? 0 : int.Parse(last[5..].Split('/')[0], CultureInfo.InvariantCulture));
    }

    private long NewestStep(string run) => Directory.Exists(_tool.At(run, "checkpoints"))
        ? Directory.GetFiles(_tool.At(run, "checkpoints"), "step-*").Select(file => long.Parse(Path.GetFileNameWithoutExtension(file)[5..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max()
        : 0;

    private void AssertSameAsWhole(string run)
    {
        Assert.Equal(_tool.Sha256("whole", "model.safetensors"), _tool.Sha256(run, "model.safetensors"));
        Assert.Equal(History("whole"), History(run));
        Assert.Equal(Tensors("whole"), Tensors(run));
        Assert.Empty(Directory.EnumerateFiles(_tool.At(run), "*.tmp", SearchOption.AllDirectories));
    }

    /// <summary>The weights, best weights and moments of the newest checkpoint: what follows a header that also tells of seconds.</summary>
    private byte[] Tensors(string run)
    {
        string newest = Directory.GetFiles(_tool.At(run, "checkpoints"), "step-*").Order(StringComparer.Ordinal).Last();
        Assert.Equal(Epochs * BatchesPerEpoch, NewestStep(run));
        byte[] file = File.ReadAllBytes(newest);
        return file[(8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file))..];
    }

    /// <summary>history.csv without the seconds.</summary>
    private IEnumerable<string> History(string run) => File.ReadLines(_tool.At(run, "history.csv")).Select(line => line[..line.LastIndexOf(',')]);
}
