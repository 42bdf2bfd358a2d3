using System.Text;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>What a user does wrong, and what the tool answers: an exit code, one line, and no file written.</summary>
public sealed class GuardTests(TrainedRun trained) : IDisposable
{
    private const int Usage = 2, BadData = 65, NotFound = 66, CannotWrite = 73, Damaged = 74;

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("missing.csv", "missing.csv: there is no such file")]
    [InlineData(".", ".: this is a folder")]
    public void Train_NoSuchFile_IsNotFound(string data, string words)
    {
        Assert.Contains(words, _tool.Run("train", data, "--out", "out").Exits(NotFound).ErrorLine, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData("", "bad.csv: the file is empty")]
    [InlineData("date,load,wind\n", "bad.csv: there is a header but no row")]
    [InlineData("a b c\nd e f\n", "bad.csv: there is no column of numbers")]
    public void Train_FileWithoutNumbers_IsBadData(string text, string words)
    {
        _tool.Write("bad.csv", text);
        AssertBadData(words);
    }

    [Theory]
    [InlineData(7, "2024-01-07,NA,1", "bad.csv, line 8: column 'load' (number 2): 'NA' is a missing value", "--missing interpolate")]
    [InlineData(7, "2024-01-07,,1", "bad.csv, line 8: column 'load' (number 2): an empty field is a missing value", "--missing interpolate")]
    [InlineData(7, "2024-01-07,calm,1", "bad.csv, line 8: column 'load' (number 2): 'calm' is not a number", "--target")]
    [InlineData(7, "2024-01-07,inf,1", "bad.csv, line 8: column 'load' (number 2): 'inf' is infinite", "correct it")]
    [InlineData(7, "2024-01-07,4,1,9", "bad.csv, line 8: the row has 4 fields, the header names 3 columns", "decimal comma")]
    [InlineData(7, "2024-01-06,4,1", "bad.csv, line 8: column 'date': 2024-01-06 stands here and in line 7", "--series-id")]
    [InlineData(7, "2024-01-04,4,1", "bad.csv, line 8: column 'date': 2024-01-04 stands below the later 2024-01-06 in line 7", "sort the rows")]
    [InlineData(7, "7 January,4,1", "bad.csv, line 8: column 'date': '7 January' is not a date like the ones before (yyyy-MM-dd)", "")]
    public void Train_BadRow_NamesLineColumnAndRemedy(int row, string text, string words, string remedy)
    {
        _tool.WriteSeries("bad.csv", change: lines => lines[row] = text);
        AssertBadData(words, remedy);
    }

    [Fact]
    public void Train_RowsToComeWithoutFutureCovariates_SaysToLeaveThemOut()
    {
        _tool.WriteSeries("bad.csv", change: lines => lines[^1] = lines[^1].Split(',')[0] + ",,1");
        AssertBadData("column 'load' (number 2): an empty field is a missing value, one of 1", "leave out the rows that are still to come, which only --future-covariates need");
    }

    [Fact]
    public void Train_DecimalComma_IsBadData()
    {
        _tool.WriteSeries("bad.csv", change: lines =>
        {
            for (int line = 0; line < lines.Count; line++)
                lines[line] = lines[line].Replace(',', ';').Replace('.', ',');
        });
        AssertBadData("bad.csv, line 2: column 'load' (number 2): '20,000' has a comma", "20.000 if it is a decimal comma");
    }

    [Fact]
    public void Train_Latin1_IsBadData()
    {
        _tool.Write("bad.csv", "date,température\n2024-01-01,1\n", Encoding.Latin1);
        AssertBadData("bad.csv, line 1: there are bytes that are not UTF-8", "save the file as UTF-8");
    }

    [Fact]
    public void Train_FewerRowsThanAWindow_IsBadData()
    {
        _tool.WriteSeries("bad.csv", rows: 10);
        AssertBadData("bad.csv: 10 rows leave 8 to train on, but one window needs 9 (--context-length 3 and --horizon 6)", "bring more rows", "--horizon", "6");
    }

    [Fact]
    public void Train_TextColumnChosen_IsBadData()
    {
        _tool.WriteSeries("bad.csv", change: lines =>
        {
            for (int line = 0; line < lines.Count; line++)
                lines[line] += line == 0 ? ",sky" : ",clear";
        });
        AssertBadData("bad.csv, line 2: column 'sky' (number 4) holds text ('clear')", "--target", "--target", "sky");
    }

    [Fact]
    public void Train_KernelThatCannotServe_IsRefusedBeforeAnythingIsWritten()
    {
        _tool.WriteSeries();
        string error = _tool.Run(["train", "series.csv", "--out", "out", .. Tool.Tiny, "--device", "cpu", "--kernel", "cuda"]).Exits(Usage).ErrorLine;

        Assert.Contains("kernel 'cuda' cannot run this model: it runs on CUDA devices only; use --kernel auto", error, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    /// <summary>The length of a window, the sum of both, would overflow.</summary>
    [Theory]
    [InlineData("--context-length")]
    [InlineData("--horizon")]
    public void Train_ALengthThatNoWindowHas_IsRefused(string option)
    {
        _tool.WriteSeries();
        string error = _tool.Run("train", "series.csv", "--out", "out", option, "2147483647").Exits(Usage).ErrorLine;

        Assert.Contains($"{option} is 2147483647; it must be from 1 to 1000000000", error, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData("--target 'laod': there is no such column; did you mean 'load'?", "--target", "laod")]
    [InlineData("--target 'pressure': there is no such column; the columns are date, load, wind", "--target", "pressure")]
    [InlineData("--epochs 'many': expected a whole number", "--epochs", "many")]
    [InlineData("--learning-rate '0,01': expected a number, with a decimal point", "--learning-rate", "0,01")]
    [InlineData("--epochs is 0; it must be at least 1", "--epochs", "0")]
    [InlineData("--peephole 'ful': use one of none, diagonal, full", "--peephole", "ful")]
    [InlineData("--hidden-size '4,x': give one number a layer", "--hidden-size", "4,x")]
    [InlineData("connections 'ifx'", "--connections", "ifx")]
    [InlineData("there is no kernel 'nonsense'; use one of auto,", "--kernel", "nonsense")]
    [InlineData("there is no device 'gpu'; use auto, cpu, cuda or cuda:N", "--device", "gpu")]
    [InlineData("the sum of --validation-fraction and --test-fraction is 1.2", "--validation-fraction", "0.6", "--test-fraction", "0.6")]
    [InlineData("--resume continues a run and --overwrite replaces it", "--resume", "--overwrite")]
    [InlineData("out: there is no run to resume", "--resume")]
    public void Train_BadOption_NamesItAndWhatItTakes(string words, params string[] options)
    {
        _tool.WriteSeries();
        int exitCode = options is ["--resume"] ? NotFound : Usage;
        string error = _tool.Run(["train", "series.csv", "--out", "out", "--context-length", "3", .. options]).Exits(exitCode).ErrorLine;

        Assert.Contains(words, error, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Train_CudaWithoutCuda_SaysWhatToDo()
    {
        _tool.WriteSeries();
        ToolResult result = _tool.Run(["train", "series.csv", "--out", "out", .. Tool.Tiny, "--device", "cuda:99"]).Exits(Usage);

        Assert.Contains("--device cuda:99: ", result.ErrorLine, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Train_ErrorAfterReading_IsNotPrecededByRemarks()
    {
        // The sample has a column of text, which a run that starts remarks on.
        string error = _tool.Run("train", "--out", "out", "--resume").Exits(NotFound).ErrorLine;

        Assert.Contains("out: there is no run to resume", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("series.csv")]
    [InlineData("series.csv/run")]
    public void Train_OutputThatCannotBe_IsFoundBeforeTraining(string output)
    {
        _tool.WriteSeries();
        string before = _tool.Sha256("series.csv");

        Assert.Contains($"{output}: cannot be written to", _tool.TrainTiny(output).Exits(CannotWrite).ErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, _tool.Sha256("series.csv"));
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("explain")]
    [InlineData("info")]
    public void Model_Missing_IsNotFound(string verb)
    {
        Assert.Contains("nowhere: there is no such file", _tool.Run(verb, "nowhere").Exits(NotFound).ErrorLine, StringComparison.Ordinal);
        Directory.CreateDirectory(_tool.At("empty"));
        Assert.Contains("empty: there is no model.safetensors", _tool.Run(verb, "empty").Exits(NotFound).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("explain")]
    [InlineData("info")]
    public void Model_Damaged_IsToldFromAMissingOne(string verb)
    {
        byte[] whole = File.ReadAllBytes(trained.Tool.At("run", "model.safetensors"));
        byte[] changed = [.. whole];
        changed[40] ^= 1;
        foreach (byte[] bytes in new[] { whole[..^1], changed, [], "not a model"u8.ToArray() })
        {
            File.WriteAllBytes(_tool.At("model.safetensors"), bytes);
            string error = _tool.Run(verb, "model.safetensors").Exits(Damaged).ErrorLine;
            Assert.Contains("model.safetensors", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("info")]
    public void Model_ThatIsAnotherFile_SaysWhatToName(string verb)
    {
        _tool.WriteSeries();

        Assert.EndsWith("series.csv: not a model; name a run directory or a model.safetensors", _tool.Run(verb, "series.csv").Exits(Damaged).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("explain")]
    [InlineData("info")]
    public void Model_OfARunThatWasKilled_PointsAtResume(string verb)
    {
        trained.CopyTo(_tool);
        File.Delete(_tool.At("run", "model.safetensors"));

        Assert.Contains(
            "run: there is no model.safetensors, because the training here has not come to its end; go on with the same command and --resume",
            _tool.Run(verb, "run").Exits(NotFound).ErrorLine,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("locked")]
    [InlineData("locked/model.safetensors")]
    public void Model_InAFolderWithoutPermission_IsToldFromAMissingOne(string model)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "permissions do not hold the user of these tests back");
        Directory.CreateDirectory(_tool.At("locked"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_tool.At("locked"), UnixFileMode.None);

        Assert.Contains("locked/model.safetensors: cannot be read: ", _tool.Run("info", model).Exits(NotFound).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"epochs\": 2", "\"epochs\": \"two\"", " at options.epochs")]
    [InlineData("\"options\": {", "\"option\": {", " at option")]
    [InlineData("\"options\": {", "\"options\": {,", " at options")]
    public void Config_OfARunDamaged_NamesLineAndPlace(string before, string after, string place)
    {
        trained.CopyTo(_tool);
        string[] lines = _tool.Read("run", "config.json").Replace(before, after, StringComparison.Ordinal).Split('\n');
        _tool.Write("run/config.json", string.Join('\n', lines));
        int line = Array.FindIndex(lines, text => text.Contains(after, StringComparison.Ordinal)) + 1;
        string error = _tool.Run("predict", "run").Exits(Damaged).ErrorLine;

        Assert.Contains($"run/config.json, line {line}: not what a training writes{place};", error, StringComparison.Ordinal);
        Assert.DoesNotContain("RunConfig", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_WithAnError_AddsTheStackTrace()
    {
        string[] lines = _tool.Run("info", "nowhere", "--verbose").Exits(NotFound).Error.Split('\n');

        Assert.Equal("lstmtorch: nowhere: there is no such file", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("   at LstmTorch.", StringComparison.Ordinal));
    }

    private void AssertBadData(string words, string remedy = "", params string[] options)
    {
        string error = _tool.Run(["train", "bad.csv", "--out", "out", .. Tool.Tiny, .. options]).Exits(BadData).ErrorLine;
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Contains(remedy, error, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    private void AssertNothingWritten() => Assert.False(Path.Exists(_tool.At("out")), "the run directory was made");
}
