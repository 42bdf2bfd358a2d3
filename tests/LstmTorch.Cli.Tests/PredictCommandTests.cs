using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class PredictCommandTests(TrainedRun trained) : IDisposable
{
    private const string Header = "series,origin,timestamp,step,target,actual,forecast";

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Predict_Run_PrintsWhatFollowsTheData()
    {
        ToolResult result = trained.Tool.Run("predict", "run").Exits(0);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');

        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(3, lines.Length);
        Assert.Equal(Header, lines[0]);
        Assert.StartsWith(",2024-02-09,2024-02-10,1,load,,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(",2024-02-09,2024-02-11,2,load,,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_ModelFileAndData_ForecastsAsTheRunDoes()
    {
        string run = trained.Tool.Run("predict", "run").Exits(0).Output;

        Assert.Equal(run, trained.Tool.Run("predict", "run/model.safetensors", "series.csv").Exits(0).Output);
    }

    [Fact]
    public void Predict_ModelFileWithoutData_AsksForIt() =>
        Assert.Contains("name the CSV file after it", trained.Tool.Run("predict", "run/model.safetensors").Exits(2).ErrorLine, StringComparison.Ordinal);

    [Fact]
    public void Predict_Out_WritesTheFileAndPrintsNothing()
    {
        trained.CopyTo(_tool);
        ToolResult result = _tool.Run("predict", "run", "--out", "forecast.csv").Exits(0);

        Assert.Equal(string.Empty, result.Output + result.Error);
        Assert.Equal(trained.Tool.Run("predict", "run").Output, _tool.Read("forecast.csv"));
    }

    [Theory]
    [InlineData("nowhere/forecast.csv")]
    [InlineData("series.csv/forecast.csv")]
    public void Predict_OutInNoFolder_CannotBeWritten(string file)
    {
        trained.CopyTo(_tool);

        Assert.Contains($"{file}: cannot be written: there is no folder", _tool.Run("predict", "run", "--out", file).Exits(73).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_All_AgreesWithTheTestForecastsOfTheRun()
    {
        string[] all = trained.Tool.Run("predict", "run", "--all").Exits(0).Output.TrimEnd('\n').Split('\n');
        string[] test = trained.Tool.Read("run", "predictions.csv").TrimEnd('\n').Split('\n');

        // 40 rows hold 36 windows of 3 + 2; float32 sums of another batch size differ in their last bits.
        Assert.Equal(1 + (36 * 2), all.Length);
        foreach (var (expected, actual) in test[1..].Zip(all[^(test.Length - 1)..], (a, b) => (a.Split(','), b.Split(','))))
        {
            Assert.Equal(expected[..6], actual[..6]);
            Assert.Equal(Number(expected[6]), Number(actual[6]), Math.Abs(Number(expected[6])) * 1e-5);
        }
    }

    [Fact]
    public void Predict_Json_PrintsOneDocumentWithTheSameForecasts()
    {
        string[] csv = trained.Tool.Run("predict", "run").Exits(0).Output.TrimEnd('\n').Split('\n');
        JsonArray json = JsonNode.Parse(trained.Tool.Run("predict", "run", "--json").Exits(0).Output)!.AsArray();

        Assert.Equal(Header.Split(','), json[0]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(csv[1..].Select(line => Number(line.Split(',')[6])), json.Select(row => (double)row!["forecast"]!));
        Assert.Null(json[0]!["actual"]);
    }

    [Fact]
    public void Predict_ReferenceKernel_ForecastsTheSame()
    {
        string[] runtime = trained.Tool.Run("predict", "run").Exits(0).Output.TrimEnd('\n').Split('\n');
        string[] reference = trained.Tool.Run("predict", "run", "--kernel", "reference").Exits(0).Output.TrimEnd('\n').Split('\n');

        // A forecast of about 20, computed in float32 by either.
        Assert.Equal(3, reference.Length);
        foreach (var (expected, actual) in reference[1..].Zip(runtime[1..], (a, b) => (a.Split(','), b.Split(','))))
        {
            Assert.Equal(expected[..6], actual[..6]);
            Assert.Equal(Number(expected[6]), Number(actual[6]), 1e-4);
        }
    }

    [Fact]
    public void PredictAndEvaluate_WithoutLibtorch_Work()
    {
        trained.CopyTo(_tool);
        string copy = _tool.At("tool");
        Directory.CreateDirectory(copy);

        // The managed part alone; without deps.json the host takes what lies beside the program.
        string built = Path.GetDirectoryName(trained.Tool.Dll)!;
        foreach (string file in Directory.EnumerateFiles(built).Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using var alone = new Tool { Dll = Path.Combine(copy, Path.GetFileName(trained.Tool.Dll)) };
        string run = _tool.At("run"), data = _tool.At("series.csv");

        Assert.Equal(trained.Tool.Run("predict", "run").Exits(0).Output, alone.Run("predict", run, data).Exits(0).Output);
        Assert.Equal(trained.Tool.Run("evaluate", "run").Exits(0).Output, alone.Run("evaluate", run, data).Exits(0).Output);
        Assert.Contains("libtorch cannot be loaded", alone.Run("predict", run, data, "--kernel", "reference").Exits(70).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_DataWhoseLastValueIsMissing_SaysWhereTheForecastBegins()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("gap.csv", change: lines => lines[^1] = "2024-02-09,,2");
        string[] forecast = ["predict", "run", "gap.csv", "--missing", "forward-fill"];

        Assert.Equal("lstmtorch: gap.csv: column 'load': 1 value missing at the end: what follows is forecast from the last known one", _tool.Run(forecast).Exits(0).ErrorLine);
        Assert.Equal(string.Empty, _tool.Run([.. forecast, "--quiet"]).Exits(0).Error);
    }

    [Fact]
    public void Predict_DataWithoutAColumn_IsBadData()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("other.csv", change: lines => lines[0] = "date,load,winds");
        string error = _tool.Run("predict", "run", "other.csv").Exits(65).ErrorLine;

        Assert.Contains("other.csv: the model needs the column 'wind', which is not there; did you mean 'winds'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_TooFewRows_IsBadData()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("short.csv", rows: 2);

        Assert.Contains("short.csv: there are 2 rows, but the model looks back on 3", _tool.Run("predict", "run", "short.csv").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void Predict_OutIsTheDataFile_IsRefusedThroughALinkToo()
    {
        trained.CopyTo(_tool);
        string before = _tool.Read("series.csv");
        File.CreateSymbolicLink(_tool.At("link.csv"), "series.csv");
        foreach (string output in (string[])["series.csv", "./series.csv", "link.csv"])
            Assert.Contains("this is the data file", _tool.Run("predict", "run", "series.csv", "--out", output).Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, _tool.Read("series.csv"));
        Assert.Contains("--out is empty", _tool.Run("predict", "run", "--out", "").Exits(2).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_OneSeriesTooShort_ForecastsTheOthersAndSaysSo()
    {
        string Series(string id, int rows) => string.Concat(Enumerable.Range(0, rows).Select(row => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(row):yyyy-MM-dd},{id},{(row * 7 % 5) + 1}\n")));
        _tool.Write("shops.csv", $"date,shop,sold\n{Series("north", 40)}{Series("new", 2)}");
        _tool.Run("train", "shops.csv", "--series-id", "shop", "--out", "shops", "--epochs", "1", "--hidden-size", "2", "--context-length", "4").Exits(0);
        ToolResult result = _tool.Run("predict", "shops").Exits(0);

        Assert.Single(result.Output.TrimEnd('\n').Split('\n')[1..], line => line.StartsWith("north,", StringComparison.Ordinal));
        Assert.Contains("no forecast for series 'new': it has 2 rows, but the model looks back on 4", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, _tool.Run("predict", "shops", "--quiet").Exits(0).Error);
        _tool.Write("new.csv", $"date,shop,sold\n{Series("new", 2)}");
        _tool.Run("predict", "shops", "new.csv").Exits(65);
    }

    [Fact]
    public void Predict_DataWithoutATargetThatIsNoInput_ForecastsIt()
    {
        _tool.WriteSeries();
        _tool.Run("train", "series.csv", "--target", "load", "--inputs", "wind", "--out", "run", "--epochs", "1", "--hidden-size", "2", "--context-length", "4").Exits(0);
        string expected = _tool.Run("predict", "run").Exits(0).Output;
        _tool.WriteSeries("wind.csv", change: lines =>
        {
            for (int line = 0; line < lines.Count; line++)
                lines[line] = string.Join(',', lines[line].Split(',').Where((_, column) => column != 1));
        });

        Assert.Equal(expected, _tool.Run("predict", "run", "wind.csv").Exits(0).Output);
        Assert.Contains("'load'", _tool.Run("predict", "run", "wind.csv", "--all").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Pipe_IsReadAsAFileIs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        trained.CopyTo(_tool);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", _tool.At("pipe.csv")))
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var feed = System.Diagnostics.Process.Start("sh", ["-c", $"cat '{_tool.At("series.csv")}' > '{_tool.At("pipe.csv")}'"]);
        string output = _tool.Run("predict", "run", "pipe.csv").Exits(0).Output;
        await feed.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(trained.Tool.Run("predict", "run").Exits(0).Output, output);
    }

    [Fact]
    public void Predict_DataThatChanged_SaysSo()
    {
        trained.CopyTo(_tool);
        File.AppendAllText(_tool.At("series.csv"), "2024-02-10,20,1\n");
        Assert.Contains("not as it was when the model was trained on it", _tool.Run("predict", "run").Exits(0).Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, _tool.Run("predict", "run", "series.csv").Exits(0).Error);
    }

    [Theory]
    [InlineData("predict series.csv", 2, "this is no model; name a run directory")]
    [InlineData("info series.csv", 2, "this is no model; name a run directory")]
    [InlineData("info half", 66, "has not come to its first result; go on with lstmtorch train and --resume")]
    [InlineData("train series.csv --target load load", 2, "each column once")]
    [InlineData("train series.csv --out=", 2, "--out")]
    public void Mistakes_AreNamedWithTheirRemedy(string call, int exitCode, string message)
    {
        _tool.WriteSeries();
        Directory.CreateDirectory(_tool.At("half"));
        _tool.Write("half/config.json", "{}");
        Assert.Contains(message, _tool.Run(call.Split(' ')).Exits(exitCode).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_AsAVerb_IsThatOfTheTool()
    {
        Assert.Equal(_tool.Run("--help").Exits(0).Output, _tool.Run("help").Exits(0).Output);
        Assert.Equal(_tool.Run("train", "--help").Exits(0).Output, _tool.Run("help", "train").Exits(0).Output);
    }

    [Fact]
    public void Target_SeveralWithCommas_AreSeveral()
    {
        _tool.WriteSeries();
        _tool.Run("train", "series.csv", "--target", "load,wind", "--out", "run", "--epochs", "1", "--hidden-size", "2", "--context-length", "4").Exits(0);
        Assert.Contains("\"target\": [\n    \"load\",\n    \"wind\"\n  ]", _tool.Read("run/metrics.json"), StringComparison.Ordinal);
    }
}
