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

    /// <summary>A forecast of a window with a gap in it is not what it looks like.</summary>
    [Fact]
    public void Predict_DataWithAGap_SaysSo()
    {
        trained.CopyTo(_tool);
        _tool.WriteSeries("gap.csv", change: lines => lines.RemoveAt(lines.Count - 2));
        Assert.Contains("gap.csv: 1 of 39 rows do not follow the one before by 1 day; they are taken as if they did, but by a model that is trained with --insert-rows", _tool.Run("predict", "run", "gap.csv").Exits(0).ErrorLine, StringComparison.Ordinal);
        Assert.Empty(_tool.Run("predict", "run", "gap.csv", "--quiet").Exits(0).Error);
    }

    /// <summary>Weeks in place of days look like any other numbers.</summary>
    [Fact]
    public void Predict_DataOfAnotherStep_SaysSo()
    {
        trained.CopyTo(_tool);
        string Weekly(string line, int row) => $"{new DateTime(2024, 1, 1).AddDays(7 * row):yyyy-MM-dd}{line[10..]}";
        _tool.WriteSeries("weeks.csv", change: lines =>
        {
            for (int line = 1; line < lines.Count; line++)
                lines[line] = Weekly(lines[line], line);
        });
        Assert.Contains("weeks.csv: its rows lie 1 week apart, those that the model was trained on 1 day; it forecasts as if they lay 1 day apart", _tool.Run("predict", "run", "weeks.csv").Exits(0).ErrorLine, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("series.csv")]
    [InlineData("./run/../series.csv")]
    [InlineData("link.csv")]
    [InlineData("folder/series.csv")]
    [InlineData("run/model.safetensors")]
    public void Predict_OutThatWouldReplaceWhatIsRead_IsRefused(string file)
    {
        trained.CopyTo(_tool);
        File.CreateSymbolicLink(_tool.At("link.csv"), "series.csv");
        Directory.CreateSymbolicLink(_tool.At("folder"), _tool.Folder);
        string data = _tool.Sha256("series.csv"), model = _tool.Sha256("run", "model.safetensors");

        string error = _tool.Run("predict", "run", "--out", file).Exits(73).ErrorLine;
        Assert.Contains($"--out {file}: would replace {(file.EndsWith(".csv", StringComparison.Ordinal) ? "series.csv" : file)}", error, StringComparison.Ordinal);
        _tool.Run("predict", "run", "link.csv", "--out", "series.csv").Exits(73);
        Assert.Equal([data, model], [_tool.Sha256("series.csv"), _tool.Sha256("run", "model.safetensors")]);
    }

    [Fact]
    public void Predict_OutWithoutName_IsWrongUsage() =>
        Assert.Contains("--out '' names no file", trained.Tool.Run("predict", "run", "--out", "").Exits(2).ErrorLine, StringComparison.Ordinal);

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

    [Fact]
    public void Predict_SeriesShorterThanTheContext_IsLeftOutAndNamed()
    {
        _tool.Write("series.csv", WithIds("date,load,wind", ("long", 40), ("short", 2), ("other", 30)));
        _tool.TrainTiny("run", "--series-id", "id").Exits(0);
        ToolResult result = _tool.Run("predict", "run").Exits(0);

        Assert.Equal("lstmtorch: series.csv: no forecast of series 'short' (2 rows): the model looks back on 3 rows", result.ErrorLine);
        Assert.Equal(["series", "long", "other"], result.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(',')[0]));
        Assert.Equal(string.Empty, _tool.Run("predict", "run", "-q").Exits(0).Error);

        _tool.Write("short.csv", WithIds("date,load,wind", ("a", 1), ("b", 2)));
        Assert.Contains("short.csv: the longest series has 2 rows, but the model looks back on 3", _tool.Run("predict", "run", "short.csv").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_TargetThatIsNoInputAndMissing_LeavesTheActualValuesEmpty()
    {
        _tool.WriteSeries();
        _tool.WriteSeries("other.csv", change: lines => lines[0] = "date,unused,wind");
        _tool.TrainTiny("run", "--target", "load", "--inputs", "wind").Exits(0);
        string[] expected = _tool.Run("predict", "run", "--all").Exits(0).Output.TrimEnd('\n').Split('\n');

        foreach (string kernel in new[] { "auto", "reference" })
        {
            string[] rows = _tool.Run("predict", "run", "other.csv", "--all", "--kernel", kernel).Exits(0).Output.TrimEnd('\n').Split('\n');
            Assert.Equal(expected.Length, rows.Length);
            foreach (var (with, without) in expected[1..].Zip(rows[1..], (a, b) => (a.Split(','), b.Split(','))))
            {
                Assert.Equal([.. with[..5], string.Empty], without[..6]);
                Assert.Equal(Number(with[6]), Number(without[6]), 1e-4);
            }
        }

        Assert.Contains(
            "other.csv: there is no column 'load', so that nothing can be held against", _tool.Run("evaluate", "run", "other.csv").Exits(65).ErrorLine, StringComparison.Ordinal);
    }

    /// <summary>Some series below each other.</summary>
    private static string WithIds(string header, params (string Id, int Rows)[] series) => $"id,{header}\n" + string.Concat(series.SelectMany(
        each => Enumerable.Range(0, each.Rows).Select(row => FormattableString.Invariant($"{each.Id},{new DateTime(2024, 1, 1).AddDays(row):yyyy-MM-dd},{10 + (row % 7)},{row % 3}\n"))));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
