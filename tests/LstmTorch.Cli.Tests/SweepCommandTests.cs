using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class SweepCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Sweep_PlannedTrainedAndShown_NamesTheBestAndWhatTrainsItAnew()
    {
        _tool.WriteSeries();
        ToolResult plan = _tool.Run(["sweep", "init", .. Plan(), "--vary", "learning-rate=0.001/0.02", "peephole=none/full"]).Exits(0);
        Assert.Contains("4 trials of 3 epochs; ranked by MAE on the validation part", plan.Output, StringComparison.Ordinal);
        Assert.Contains("lstmtorch sweep run sweep", plan.Output, StringComparison.Ordinal);
        Assert.Contains("4 trials: 4 waiting", _tool.Run("sweep", "report", "sweep").Exits(0).Output, StringComparison.Ordinal);

        ToolResult run = _tool.Run("sweep", "run", "sweep", "--jobs", "2").Exits(0);
        Assert.Equal(4, run.Error.Split('\n').Count(line => line.Contains(", 3 epochs: validation MAE ", StringComparison.Ordinal)));
        Assert.Contains("4 trials: 4 finished", run.Output, StringComparison.Ordinal);
        Assert.Equal(run.Output, _tool.Run("sweep", "report", "sweep").Exits(0).Output);

        JsonNode json = JsonNode.Parse(_tool.Run("sweep", "report", "sweep", "--json").Exits(0).Output)!;
        double[] scores = [.. json["trials"]!.AsArray().Select(trial => (double)trial!["score"]!)];
        Assert.Equal(scores.Order(), scores);
        Assert.Equal(scores[0], (double)json["best"]!["score"]!);
        Assert.Equal(scores[0], (double)json["best"]!["metrics"]!["splits"]!["validation"]!["model"]!["mae"]!);
        Assert.Equal(["learning_rate", "learning_rate", "peephole", "peephole"], json["effects"]!.AsArray().Select(effect => (string)effect!["option"]!));

        // The command trains the very model, which is a run like any other.
        string command = (string)json["best"]!["command"]!, best = (string)json["best"]!["run"]!;
        Assert.Contains(command, run.Output, StringComparison.Ordinal);
        _tool.Run([.. command.Split(' ')[1..], "--out", "anew"]).Exits(0);
        Assert.Equal(_tool.Sha256(best, "model.safetensors"), _tool.Sha256("anew", "model.safetensors"));
        Assert.Equal(2, _tool.Run("predict", best).Exits(0).Output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Sweep_WithHalving_PausesMostTrials()
    {
        _tool.WriteSeries();
        string plan = _tool.Run(["sweep", "init", .. Plan(), "--vary", "learning-rate=1e-4..1e-1:log", "--trials", "6", "--halving", "3", "--objective", "rmse"]).Exits(0).Output;
        Assert.Contains("6 trials of 3 epochs, pausing after 1, where the best of 3 go on; ranked by RMSE", plan, StringComparison.Ordinal);
        ToolResult run = _tool.Run("sweep", "run", "sweep", "--jobs", "2", "--quiet").Exits(0);
        Assert.Equal(string.Empty, run.Error);
        Assert.Matches("6 trials: [1-5] paused, [1-5] finished", run.Output);
        Assert.Contains("as is", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_Stopped_GoesOnWithTheSameCommand()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill, under their names on Linux.");
        _tool.WriteSeries();
        _tool.Run(["sweep", "init", .. Plan(epochs: 100_000), "--vary", "hidden-size=2/3/4"]).Exits(0);
        using Process process = _tool.Start("sweep", "run", "sweep", "--jobs", "2");
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string?[] begun = [await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)];
        Assert.All(begun, line => Assert.Matches("^lstmtorch: trial [01] trains", line));

        // A trial that has come to its checkpoint has something to lose.
        foreach (int trial in new[] { 0, 1 })
        {
            while (!Directory.Exists(_tool.At("sweep", "runs", $"000{trial}", "checkpoints")))
                Assert.False(process.HasExited, "ended before its checkpoint");
        }

        _tool.RunProgram("kill", "-TERM", $"{process.Id}").Exits(0);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Tool.WaitForEnd(process);
        Assert.Equal(75, process.ExitCode);
        Assert.EndsWith("lstmtorch: stopped; go on with the same command\n", error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, await output);
        Assert.Empty(Directory.GetFiles(_tool.At("sweep", "results")));

        // Both let go of their trials, and left a checkpoint to go on from.
        string plan = _tool.At("sweep", "sweep.json");
        File.WriteAllText(plan, (await File.ReadAllTextAsync(plan, TestContext.Current.CancellationToken)).Replace("\"epochs\": 100000", "\"epochs\": 1", StringComparison.Ordinal));
        Assert.Contains("3 trials: 3 finished", _tool.Run("sweep", "run", "sweep").Exits(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_OfWhatCannotBeUsed_SaysWhat()
    {
        _tool.WriteSeries();
        Assert.Contains("did you mean 'run'? see lstmtorch sweep --help", _tool.Run("sweep", "rnu").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("'--vary' is required", _tool.Run("sweep", "init", "series.csv").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("a file is named before the options", _tool.Run("sweep", "init", "--vary", "dropout=0/0.1", "series.csv").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--vary horizon=1/2: 'horizon' must be the same", _tool.Run("sweep", "init", "series.csv", "--vary", "horizon=1/2").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("there is no sweep here", _tool.Run("sweep", "run", "none").Exits(66).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("there is no sweep here", _tool.Run("sweep", "report", "none").Exits(66).ErrorLine, StringComparison.Ordinal);
        Assert.Equal(["series.csv"], Directory.GetFileSystemEntries(_tool.Folder).Select(Path.GetFileName));

        _tool.Run(["sweep", "init", .. Plan(), "--vary", "seed=0/1"]).Exits(0);
        Assert.Contains("--overwrite replaces it", _tool.Run(["sweep", "init", .. Plan(), "--vary", "seed=0/1"]).Exits(73).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("the trials 0 to 1", _tool.Run("sweep", "run", "sweep", "--index", "2").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--jobs must be at least 1", _tool.Run("sweep", "run", "sweep", "--jobs", "0").Exits(2).ErrorLine, StringComparison.Ordinal);
        _tool.Run("sweep", "run", "sweep", "--index", "1").Exits(0);
        Assert.Contains("2 trials: 1 waiting, 1 finished", _tool.Run("sweep", "report", "sweep").Exits(0).Output, StringComparison.Ordinal);
    }

    private static string[] Plan(int epochs = 3) => ["series.csv", "--target", "load", .. Tool.Tiny, "--epochs", $"{epochs}", "--out", "sweep"];
}
