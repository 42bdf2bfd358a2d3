using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Train_OnAFile_WritesTheRunDirectory()
    {
        ToolResult result = _tool.Run(["train", _tool.WriteWave(), "--horizon", "2", "--target", "level", "--hidden-size", "4", "--epochs", "2", "--context-length", "3"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("written to checkpoints/wave", result.Output.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("epoch 2/2", result.Error, StringComparison.Ordinal);
        Assert.Contains("not used, because they hold no numbers: note", result.Error, StringComparison.Ordinal);

        string run = _tool.PathOf("checkpoints/wave");
        Assert.Equal(
            ["checkpoints", "config.json", "history.csv", "metrics.json", "model.safetensors", "plots", "predictions.csv", "report.html"],
            Directory.GetFileSystemEntries(run).Select(path => Path.GetFileName(path)!).Where(name => !name.StartsWith("events.out.tfevents.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Single(Directory.GetFiles(run, "events.out.tfevents.*"));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(run, "checkpoints"), "step-*.safetensors").Length);
        Assert.Equal("epoch,train_loss,validation_loss,learning_rate,gradient_norm,seconds", File.ReadLines(Path.Combine(run, "history.csv")).First());
        Assert.Equal(3, File.ReadLines(Path.Combine(run, "history.csv")).Count());
        Assert.Equal("series,origin,timestamp,step,target,actual,forecast", File.ReadLines(Path.Combine(run, "predictions.csv")).First());
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run, "plots"), "*.png"));
        Assert.Empty(Directory.GetFiles(run, "*.tmp", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));

        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "metrics.json")));
        Assert.Equal(
            ["format_version", "target", "horizon", "context_length", "seasonality", "parameters", "device", "kernel", "epochs", "best_epoch", "train_seconds", "splits"],
            metrics.RootElement.EnumerateObject().Select(property => property.Name));
        JsonElement test = metrics.RootElement.GetProperty("splits").GetProperty("test");
        Assert.Equal(["windows", "from", "to", "model", "naive", "seasonal_naive"], test.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["mae", "rmse", "mse", "mape", "smape", "mase", "r2"], test.GetProperty("model").EnumerateObject().Select(property => property.Name));

        // 60 rows: the last 9 are the test part, in which 8 origins have both steps.
        Assert.Equal(8, test.GetProperty("windows").GetInt32());
        Assert.Equal(("2024-02-21", "2024-02-29"), (test.GetProperty("from").GetString(), test.GetProperty("to").GetString()));
        Assert.Equal(16, File.ReadLines(Path.Combine(run, "predictions.csv")).Count() - 1);
    }

    [Fact]
    public void Train_WithJson_PrintsOneDocumentAndNothingElse()
    {
        ToolResult result = _tool.Run(["train", _tool.WriteWave(), "--json", .. Tool.Small]);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(File.ReadAllText(_tool.PathOf("checkpoints/wave/metrics.json")), result.Output);
    }

    [Fact]
    public void Train_WithAConfigFile_LetsTheCommandLineWin()
    {
        _tool.Write("run.json", """{"epochs": 1, "hidden_size": [3, 2], "context_length": 5, "target": ["other"], "peephole": "diagonal"}""");
        Assert.Equal(0, _tool.Run("train", _tool.WriteWave(), "--config", "run.json", "--context-length", "4", "--quiet").ExitCode);
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(_tool.PathOf("checkpoints/wave/config.json")));
        JsonElement model = config.RootElement.GetProperty("model");
        Assert.Equal(4, model.GetProperty("context_length").GetInt32());
        Assert.Equal("diagonal", model.GetProperty("peephole").GetString());
        Assert.Equal([3, 2], model.GetProperty("hidden_sizes").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal("other", model.GetProperty("targets")[0].GetString());

        _tool.Write("wrong.json", """{"epoch": 1}""");
        ToolResult wrong = _tool.Run("train", "wave.csv", "--config", "wrong.json");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("epoch", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OverAnExistingRun_NeedsToBeTold()
    {
        string[] start = ["train", _tool.WriteWave(), "--hidden-size", "4", "--context-length", "3", "--quiet", "--epochs"];
        string[] train = [.. start, "2"];
        Assert.Equal(0, _tool.Run(train).ExitCode);
        byte[] model = File.ReadAllBytes(_tool.PathOf("checkpoints/wave/model.safetensors"));

        ToolResult refused = _tool.Run(train);
        Assert.Equal(73, refused.ExitCode);
        Assert.Contains("--overwrite replaces it, --resume continues it", refused.Error, StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(_tool.PathOf("checkpoints/wave/model.safetensors")));

        Assert.Equal(0, _tool.Run([.. train, "--overwrite"]).ExitCode);
        Assert.Equal(model, File.ReadAllBytes(_tool.PathOf("checkpoints/wave/model.safetensors")));
        Assert.Equal(0, _tool.Run([.. start, "3", "--resume"]).ExitCode);
        Assert.Equal(4, File.ReadLines(_tool.PathOf("checkpoints/wave/history.csv")).Count());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 75)]
    [InlineData("USR1", 75)]
    public void Train_ToldToStopBySignal_CanBeResumed(string signal, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by kill.");
        string[] train = ["train", _tool.WriteWave(rows: 500), "--hidden-size", "8", "--context-length", "10", "--checkpoint-every", "1000"];
        Process process = _tool.Start([.. train, "--epochs", "5000"]);
        string? line = process.StandardError.ReadLine();
        while (line is not null && !line.StartsWith("epoch 2/", StringComparison.Ordinal))
            line = process.StandardError.ReadLine();
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            kill.WaitForExit();
        ToolResult stopped = Tool.Finish(process);
        Assert.Equal(exitCode, stopped.ExitCode);
        Assert.Contains("go on with the same command and --resume", stopped.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_tool.PathOf("checkpoints/wave/model.safetensors")));

        int epochs = File.ReadLines(_tool.PathOf("checkpoints/wave/history.csv")).Count() - 1;
        Assert.Equal(0, _tool.Run([.. train, "--resume", "--epochs", $"{epochs + 1}"]).ExitCode);
        Assert.Equal(epochs + 1, File.ReadLines(_tool.PathOf("checkpoints/wave/history.csv")).Count() - 1);
    }
}
