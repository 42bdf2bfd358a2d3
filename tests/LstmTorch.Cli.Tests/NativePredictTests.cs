using System.Runtime.InteropServices;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>The program <c>lstmtorch-predict</c>: as the build makes it, for .NET, and as it is published, native.</summary>
public sealed class NativePredictTests(TrainedRun trained) : IDisposable
{
    private const long LargestProgram = 4 << 20;

    private readonly Tool _tool = new() { Dll = Path.GetFullPath(Tool.BuildFact("PredictPath")) };

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Predict_ModelAndData_PrintsWhatTheToolPrints()
    {
        trained.CopyTo(_tool);
        string expected = trained.Tool.Run("predict", "run").Exits(0).Output;

        Assert.Equal(expected, _tool.Run("run", "series.csv").Exits(0).Output);
        Assert.Equal(expected, _tool.Run("run/model.safetensors", "series.csv").Exits(0).Output);
        ToolResult written = _tool.Run("run", "series.csv", "--out", "forecast.csv").Exits(0);
        Assert.Equal(string.Empty, written.Output + written.Error);
        Assert.Equal(expected, _tool.Read("forecast.csv"));
    }

    /// <summary>Calendar, names and known covariates: whatever a model may know, three programs know it alike.</summary>
    [Fact]
    public void Predict_ModelThatKnowsMore_PrintsWhatTheToolPrints()
    {
        using var tool = new Tool();
        string[] days = ["feast", "work", string.Empty];
        tool.WriteSeries(rows: 43, change: lines =>
        {
            lines[0] += ",day";
            for (int row = 1; row < lines.Count; row++)
            {
                string[] cells = lines[row].Split(',');
                lines[row] = $"{cells[0]},{(row > 40 ? string.Empty : cells[1])},{cells[2]},{days[row % 3]}";
            }
        });
        tool.TrainTiny("run", "--horizon", "2", "--calendar", "weekday,month", "--future-covariates", "wind", "day").Exits(0);
        string native = tool.RunProgram(Tool.DotNet, _tool.Dll, "run", "series.csv").Exits(0).Output;

        Assert.StartsWith(",2024-02-09,2024-02-10,1,load,,", native.Split('\n')[1], StringComparison.Ordinal);
        foreach (string kernel in new[] { "auto", "reference" })
            Assert.Equal(tool.Run("predict", "run", "--kernel", kernel).Exits(0).Output.Split('\n').Select(Rounded), native.Split('\n').Select(Rounded));
        string info = tool.Run("info", "run").Exits(0).Output;
        Assert.Contains("load, wind, day=work, day=feast, weekday_sin, weekday_cos, month_sin, month_cos;", info, StringComparison.Ordinal);
        Assert.Contains("known ahead      wind, day=work, day=feast", info, StringComparison.Ordinal);

        File.WriteAllLines(tool.At("short.csv"), File.ReadLines(tool.At("series.csv")).Take(42));
        ToolResult refused = tool.RunProgram(Tool.DotNet, _tool.Dll, "run", "short.csv").Exits(65);
        Assert.Contains("short.csv: below the last row with a target (2024-02-09) there is 1 row, and the model needs 2", refused.Error, StringComparison.Ordinal);
        Assert.Contains("forecasts as the model does", tool.Run("export", "run", "--format", "onnx", "--out", "run.onnx").Exits(0).Output, StringComparison.Ordinal);
    }

    /// <summary>Training and both programs read a file that lacks rows as one whose fields are empty there.</summary>
    [Fact]
    public void Predict_ModelThatInsertsRows_ForecastsAsOfEmptyFields()
    {
        int[] absent = [12, 25, 26, 37];
        string[] forecasts = [.. new[] { true, false }.Select(inserts =>
        {
            using var tool = new Tool();
            tool.WriteSeries(change: lines =>
            {
                foreach (int line in absent.Reverse())
                {
                    if (inserts)
                        lines.RemoveAt(line);
                    else
                        lines[line] = lines[line].Split(',')[0] + ",,";
                }
            });
            tool.TrainTiny("run", ["--missing", "interpolate", .. inserts ? new[] { "--insert-rows" } : []]).Exits(0);
            ToolResult native = tool.RunProgram(Tool.DotNet, _tool.Dll, "run", "series.csv").Exits(0);
            Assert.Equal(inserts, native.Error.Contains("series.csv: 4 rows inserted for moments that are absent, the first below line 12", StringComparison.Ordinal));
            Assert.Equal(native.Output, tool.Run("predict", "run").Exits(0).Output);
            Assert.Contains($"missing values   interpolate{(inserts ? ", with rows for absent moments" : string.Empty)}\n", tool.Run("info", "run").Exits(0).Output, StringComparison.Ordinal);
            return native.Output;
        })];

        Assert.Equal(forecasts[1], forecasts[0]);
    }

    [Theory]
    [InlineData(2, "name a model and a CSV file; usage: lstmtorch-predict MODEL DATA.csv")]
    [InlineData(2, "name a model and a CSV file", "run")]
    [InlineData(2, "'more' is one name too many", "run", "series.csv", "more")]
    [InlineData(2, "there is no option '--all'", "run", "series.csv", "--all")]
    [InlineData(2, "--out needs a file", "run", "series.csv", "--out")]
    [InlineData(2, "--out is given twice", "--out", "a", "run", "--out", "b", "series.csv")]
    [InlineData(65, "series.csv, line 3: column 'wind' (number 3): 'x' is not a number", "run", "series.csv")]
    [InlineData(66, "nowhere: there is no such file", "nowhere", "series.csv")]
    [InlineData(66, "nowhere.csv: there is no such file", "run", "nowhere.csv")]
    [InlineData(73, "no/where.csv: cannot be written", "run", "good.csv", "--out", "no/where.csv")]
    [InlineData(73, "--out ./good.csv: would replace good.csv", "run", "good.csv", "--out", "./good.csv")]
    [InlineData(74, "series.csv: not a model; name a run directory or a model.safetensors", "series.csv", "series.csv")]
    public void Predict_WhatCannotWork_SaysSoInOneLine(int exitCode, string message, params string[] arguments)
    {
        trained.CopyTo(_tool);
        File.Move(_tool.At("series.csv"), _tool.At("good.csv"));
        _tool.WriteSeries(change: lines => lines[2] = lines[2][..lines[2].LastIndexOf(',')] + ",x");
        ToolResult result = _tool.Run(arguments).Exits(exitCode);

        Assert.Equal(string.Empty, result.Output);
        Assert.StartsWith($"lstmtorch-predict: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_PackedFile_SaysWhatReadsIt()
    {
        trained.CopyTo(_tool);
        File.WriteAllBytes(_tool.At("series.csv.gz"), [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
        Assert.Equal(
            "lstmtorch-predict: series.csv.gz: this file is packed by gzip, which this program does not read; unpack it, or use lstmtorch predict\n",
            _tool.Run("run", "series.csv.gz").Exits(65).Error);
    }

    [Fact]
    public void Help_NamesWhatItTakes() =>
        Assert.Contains("lstmtorch-predict MODEL DATA.csv [--out FILE]", _tool.Run("--help").Exits(0).Output, StringComparison.Ordinal);

    [Fact]
    public void Publish_MakesOneSmallProgramThatPredictsTheSame()
    {
        Assert.SkipUnless(HasLinker, "there is no C linker (clang or gcc) to make a native program with");
        Assert.SkipUnless(Directory.Exists(Tool.BuildFact("AotCompiler")), "the native compiler's package is not in the NuGet cache");
        string[] publish = ["publish", Path.Combine(Tool.Repository, "src", "LstmTorch.Predict"), "--no-build", "-c", Tool.BuildFact("Configuration")];
        string messages = _tool.RunProgram(Tool.DotNet, [.. publish, "-o", _tool.At("native")]).Exits(0).Output;
        Assert.DoesNotContain("warning", messages, StringComparison.OrdinalIgnoreCase);

        string program = _tool.At("native", OperatingSystem.IsWindows() ? "lstmtorch-predict.exe" : "lstmtorch-predict");
        Assert.InRange(new FileInfo(program).Length, 1, LargestProgram);

        // The native program uses the vectors that every processor has: other widths add in another order.
        string[] expected = trained.Tool.Run("predict", "run").Exits(0).Output.Split('\n');
        string[] actual = trained.Tool.RunProgram(program, "run", "series.csv").Exits(0).Output.Split('\n');
        Assert.Equal(expected.Select(Rounded), actual.Select(Rounded));
    }

    private static bool HasLinker => !RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        && (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));

    private static string Rounded(string line) => line.LastIndexOf(',') is >= 0 and int comma && double.TryParse(line[(comma + 1)..], out double forecast)
        ? FormattableString.Invariant($"{line[..comma]},{forecast:F3}")
        : line;
}
