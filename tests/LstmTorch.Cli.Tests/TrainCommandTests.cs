using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class TrainCommandTests(TrainedRun trained) : IDisposable
{
    private static readonly string[] s_metrics = ["mae", "rmse", "mse", "mape", "smape", "mase", "r2"];

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Train_TimeNone_TakesTheRowsInTheirOrder()
    {
        _tool.WriteSeries(change: lines =>
        {
            for (int line = 1; line < lines.Count; line++)
                lines[line] = $"Jan-{10 + line}{lines[line][10..]}";
        });

        Assert.Contains("looks like dates in a form that is not read ('Jan-11')", _tool.Run("train", "series.csv", "--out", "run").Exits(65).ErrorLine, StringComparison.Ordinal);
        _tool.TrainTiny("run", "--epochs", "1", "--time", "none").Exits(0);
        Assert.StartsWith(",40,41,1,load,,", _tool.Run("predict", "run").Exits(0).Output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Csv_WritesTheRunDirectory()
    {
        trained.Result.Exits(0);
        string[] files =
        [
            .. Directory.EnumerateFiles(trained.Tool.At("run"), "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(trained.Tool.At("run"), file).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];
        string events = Assert.Single(files, file => file.StartsWith("events.out.tfevents.", StringComparison.Ordinal));

        // 24 training windows are one batch, so that each of the two epochs is one step.
        Assert.Equal(
            [
                ".lock", "checkpoints/step-000000001.safetensors", "checkpoints/step-000000002.safetensors", "config.json", events,
                "history.csv", "metrics.json", "model.safetensors", "plots/forecast-load-step-1.png",
                "plots/forecast-load-step-2.png", "plots/loss.png", "predictions.csv", "report.html",
            ],
            files);
    }

    [Fact]
    public void Train_Csv_WritesMetricsWithTheKeysOfTheContract()
    {
        JsonObject metrics = JsonNode.Parse(trained.Tool.Read("run", "metrics.json"))!.AsObject();

        Assert.Equal(
            [
                "format_version", "target", "horizon", "context_length", "seasonality", "parameters", "device", "kernel", "epochs",
                "best_epoch", "train_seconds", "splits",
            ],
            metrics.Select(entry => entry.Key));
        Assert.Equal(["train", "validation", "test"], metrics["splits"]!.AsObject().Select(entry => entry.Key));
        foreach (var (_, part) in metrics["splits"]!.AsObject())
        {
            Assert.Equal(["windows", "from", "to", "model", "naive", "seasonal_naive", "drift", "season_mean", "theta", "linear"], part!.AsObject().Select(entry => entry.Key));
            foreach (string forecast in new[] { "model", "naive", "seasonal_naive" })
                Assert.Equal(s_metrics, part[forecast]!.AsObject().Select(entry => entry.Key));
        }

        Assert.Equal("[\"load\"]", metrics["target"]!.ToJsonString());
        Assert.Equal((2, 3, 7, 2), ((int)metrics["horizon"]!, (int)metrics["context_length"]!, (int)metrics["seasonality"]!, (int)metrics["epochs"]!));
    }

    [Fact]
    public void Train_Csv_WritesCsvFilesWithTheHeadersOfTheContract()
    {
        string[] history = trained.Tool.Read("run", "history.csv").TrimEnd('\n').Split('\n');
        Assert.Equal("epoch,train_loss,validation_loss,learning_rate,gradient_norm,seconds", history[0]);
        Assert.Equal(["1", "2"], history[1..].Select(line => line.Split(',')[0]));

        // 40 rows leave 6 for the test part: 5 origins of 2 steps each.
        string[] predictions = trained.Tool.Read("run", "predictions.csv").TrimEnd('\n').Split('\n');
        Assert.Equal("series,origin,timestamp,step,target,actual,forecast", predictions[0]);
        Assert.Equal(10, predictions.Length - 1);
        Assert.StartsWith(",2024-02-03,2024-02-04,1,load,", predictions[1], StringComparison.Ordinal);
        Assert.StartsWith(",2024-02-07,2024-02-09,2,load,", predictions[^1], StringComparison.Ordinal);
        string last = trained.Tool.Read("series.csv").TrimEnd('\n').Split('\n')[^1].Split(',')[1];
        Assert.Equal(double.Parse(last, System.Globalization.CultureInfo.InvariantCulture), double.Parse(predictions[^1].Split(',')[5], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Train_Csv_RecordsDataAndOptionsInConfig()
    {
        JsonNode config = JsonNode.Parse(trained.Tool.Read("run", "config.json"))!;

        Assert.Equal(1, (int)config["format_version"]!);
        Assert.Equal(trained.Tool.Sha256("series.csv"), (string?)config["data"]!["sha256"]);
        Assert.Equal((28, 34, 40), (
            (int)config["data"]!["series"]![0]!["train_end"]!,
            (int)config["data"]!["series"]![0]!["validation_end"]!,
            (int)config["data"]!["series"]![0]!["end"]!));
        Assert.Equal("[4]", config["options"]!["hidden_size"]!.ToJsonString());
    }

    [Fact]
    public void Train_Csv_TellsResultsOnOutputAndProgressOnError()
    {
        Assert.Contains("written to run", trained.Result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1/2", trained.Result.Output, StringComparison.Ordinal);
        Assert.Contains("epoch 1/2", trained.Result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("written to", trained.Result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_JsonAndQuiet_PrintsTheMetricsAndNothingElse()
    {
        _tool.WriteSeries();
        ToolResult result = _tool.TrainTiny("run", "--json", "--quiet").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(_tool.Read("run", "metrics.json")), JsonNode.Parse(result.Output)));
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameBytes()
    {
        _tool.WriteSeries();
        _tool.TrainTiny("again", "--epochs", "2", "--horizon", "2", "--quiet").Exits(0);
        _tool.TrainTiny("other", "--epochs", "2", "--horizon", "2", "--seed", "1").Exits(0);

        Assert.Equal(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("again", "model.safetensors"));
        Assert.Equal(trained.Tool.Read("run", "predictions.csv"), _tool.Read("again", "predictions.csv"));
        Assert.NotEqual(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("other", "model.safetensors"));
    }

    [Fact]
    public void Train_Resume_GivesTheBytesOfTheUninterruptedRun()
    {
        _tool.WriteSeries();
        _tool.TrainTiny("run", "--epochs", "1", "--horizon", "2").Exits(0);
        ToolResult resumed = _tool.TrainTiny("run", "--epochs", "2", "--horizon", "2", "--resume").Exits(0);

        Assert.DoesNotContain("epoch 1/2", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 2/2", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("run", "model.safetensors"));
    }

    [Fact]
    public void Train_ResumeOfAFinishedRun_TrainsNoMore()
    {
        trained.CopyTo(_tool);
        ToolResult result = _tool.TrainTiny("run", "--epochs", "2", "--horizon", "2", "--resume").Exits(0);

        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("run", "model.safetensors"));
    }

    [Fact]
    public void Train_ResumeWithOtherOptions_NamesTheOption()
    {
        trained.CopyTo(_tool);
        string error = _tool.TrainTiny("run", "--epochs", "3", "--horizon", "2", "--learning-rate", "0.01", "--resume").Exits(2).ErrorLine;

        Assert.Contains("--learning-rate 0.001, not --learning-rate 0.01", error, StringComparison.Ordinal);
        Assert.Contains("--overwrite", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeWithOtherData_IsRefused()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries(change: lines => lines[9] = lines[9].Replace(",", ",1", StringComparison.Ordinal));
        string error = _tool.TrainTiny("run", "--epochs", "3", "--horizon", "2", "--resume").Exits(65).ErrorLine;

        Assert.Contains("series.csv: not the data", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ExistingRun_IsKeptUnlessOverwrittenOrResumed()
    {
        trained.CopyTo(_tool);
        string error = _tool.TrainTiny("run").Exits(73).ErrorLine;

        Assert.Contains("--overwrite", error, StringComparison.Ordinal);
        Assert.Contains("--resume", error, StringComparison.Ordinal);
        Assert.Equal(trained.Tool.Read("run", "config.json"), _tool.Read("run", "config.json"));
        Assert.Equal(trained.Tool.Sha256("run", "model.safetensors"), _tool.Sha256("run", "model.safetensors"));
    }

    [Fact]
    public void Train_Overwrite_ReplacesTheRunAndNothingElse()
    {
        trained.CopyTo(_tool);
        File.WriteAllText(_tool.At("run", "notes.txt"), "mine");
        _tool.TrainTiny("run", "--overwrite").Exits(0);

        Assert.Equal("mine", _tool.Read("run", "notes.txt"));
        Assert.Equal(1, (int)JsonNode.Parse(_tool.Read("run", "metrics.json"))!["horizon"]!);
        Assert.Equal("step-000000001.safetensors", Path.GetFileName(Assert.Single(Directory.GetFiles(_tool.At("run", "checkpoints")))));
        Assert.Single(Directory.GetFiles(_tool.At("run"), "events.out.tfevents.*"));
    }

    [Fact]
    public void Train_FolderThatIsNoRun_IsLeftAlone()
    {
        _tool.WriteSeries();
        Directory.CreateDirectory(_tool.At("photos"));
        File.WriteAllText(_tool.At("photos", "a.txt"), "mine");

        Assert.Contains("photos: the folder is not empty", _tool.TrainTiny("photos").Exits(73).ErrorLine, StringComparison.Ordinal);
        _tool.TrainTiny("photos", "--overwrite").Exits(73);
        _tool.TrainTiny("photos", "--resume").Exits(66);
        Assert.Equal(["a.txt"], Directory.GetFileSystemEntries(_tool.At("photos")).Select(Path.GetFileName));
    }

    [Fact]
    public void Train_NoOut_WritesToCheckpointsUnderTheNameOfTheData()
    {
        _tool.WriteSeries("tides.csv");
        _tool.Run(["train", "tides.csv", .. Tool.Tiny, "--epochs", "1"]).Exits(0);

        Assert.True(File.Exists(_tool.At("checkpoints", "tides", "model.safetensors")));
    }

    [Fact]
    public void Train_NoData_TakesTheSample()
    {
        _tool.Run(["train", "--out", "run", .. Tool.Tiny, "--epochs", "1", "--quiet"]).Exits(0);

        Assert.Equal("[\"temp_max\"]", JsonNode.Parse(_tool.Read("run", "metrics.json"))!["target"]!.ToJsonString());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Train_MoreSeriesThanAreDrawn_SaysSoInTheReport(int series, bool said)
    {
        _tool.WriteSeries(change: lines =>
        {
            List<string> rows = lines[1..];
            lines.Clear();
            lines.AddRange(["date,load,wind,id", .. Enumerable.Range(1, series).SelectMany(id => rows.Select(row => $"{row},{id}"))]);
        });
        _tool.TrainTiny("run", "--series-id", "id").Exits(0);

        Assert.Equal(said, _tool.Read("run", "report.html").Contains("<p>The first 3 of 4 series; predictions.csv holds the forecasts of all.</p>", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_FileBehindColumns_SaysWhereTheFileBelongs()
    {
        _tool.WriteSeries();
        string error = _tool.Run("train", "--target", "load", "series.csv").Exits(2).ErrorLine;

        Assert.Contains("'series.csv' was taken for a column", error, StringComparison.Ordinal);
    }
}
