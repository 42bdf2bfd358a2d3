using System.Text;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>What a user can get wrong: each has its exit code and one line that says what to do, and leaves nothing behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = "date,a,b\n2024-01-01,1,2\n2024-01-02,2,3\n";

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("", 65, "data.csv: the file is empty")]
    [InlineData("date,a\n", 65, "there is a header but no row")]
    [InlineData("date,a\n2024-01-01,NA\n2024-01-02,1\n", 65, "line 2: column 'a' (number 2): 'NA' is a missing value", "--target", "a")]
    [InlineData("date;a\n2024-01-01;1,5\n2024-01-02;2,5\n", 65, "line 2: column 'a' (number 2): '1,5' has a decimal comma")]
    [InlineData("Date,Decimal Date,Average\n1958-03,1958.2,315.71,1\n", 65, "line 2: the row has 4 fields, the header names 3 columns")]
    [InlineData("date,a\n2024-01-01,1\n2024-01-01,2\n", 65, "line 3: column 'date': 2024-01-01 stands here and in line 2")]
    [InlineData("date,a\n2024-01-02,1\n2024-01-01,2\n", 65, "2024-01-01 comes after 2024-01-02 in line 2")]
    [InlineData("date,a\n2024-01-01,1e999\n", 65, "line 2: column 'a' (number 2): '1e999' is infinite")]
    [InlineData(Good, 65, "2 rows leave 2 to train on, but one window needs 31")]
    [InlineData(Good, 2, "--target 'bb': there is no such column; did you mean 'b'?", "--target", "bb")]
    [InlineData("date,a,note\n2024-01-01,1,x\n2024-01-02,2,y\n", 65, "column 'note' (number 3) holds text ('x'), not numbers", "--target", "note")]
    [InlineData(Good, 2, "--epochs is 0; it must be at least 1", "--epochs", "0")]
    [InlineData(Good, 2, "--epochs 'ten': expected a whole number", "--epochs", "ten")]
    [InlineData(Good, 2, "--dropout '0,2': expected a number, with a decimal point", "--dropout", "0,2")]
    [InlineData(Good, 2, "--hidden-size '50;50': give one number a layer", "--hidden-size", "50;50")]
    [InlineData(Good, 2, "--validation-fraction and --test-fraction together is 1.1", "--validation-fraction", "0.6", "--test-fraction", "0.5")]
    [InlineData(Good, 2, "--peephole 'round': use one of none, diagonal, full", "--peephole", "round")]
    [InlineData(Good, 2, "--epoch", "--epoch", "3")]
    [InlineData(Good, 2, "connections 'ix'", "--connections", "ix")]
    [InlineData(Good, 2, "there is no kernel 'fast'", "--kernel", "fast")]
    [InlineData(Good, 66, "there is no run to resume", "--resume", "--context-length", "1", "--test-fraction", "0", "--validation-fraction", "0")]
    [InlineData(Good, 70, "--device cuda", "--device", "cuda", "--context-length", "1", "--test-fraction", "0", "--validation-fraction", "0")]
    public void Train_WithIt_SaysSoInOneLine(string csv, int exitCode, string expected, params string[] options)
    {
        _tool.Write("data.csv", csv);
        ToolResult result = _tool.Run(["train", "data.csv", "--out", "run", "--quiet", .. options]);
        Check(result, exitCode, expected);
        Assert.False(File.Exists(_tool.PathOf("run/config.json")) || File.Exists(_tool.PathOf("run/model.safetensors")));
    }

    [Fact]
    public void Train_OnPathsThatAreNoFile_SaysSo()
    {
        Check(_tool.Run("train", "none.csv"), 66, "none.csv: there is no such file");
        Check(_tool.Run("train", "."), 66, ".: this is a folder");
        File.WriteAllBytes(_tool.PathOf("latin.csv"), [.. "ort,a\nK"u8, 0xF6, .. "ln,1\n"u8]);
        Check(_tool.Run("train", "latin.csv"), 65, "latin.csv, line 2: there are bytes that are not UTF-8");
    }

    [Fact]
    public void Train_IntoPlacesThatCannotHoldARun_SaysSo()
    {
        _tool.WriteWave();
        _tool.Write("file", "");
        Check(_tool.Run(["train", "wave.csv", "--out", "file/run", .. Tool.Small]), 73, "cannot be written to");
        Directory.CreateDirectory(_tool.PathOf("mine"));
        _tool.Write("mine/photo.txt", "mine");
        Check(_tool.Run(["train", "wave.csv", "--out", "mine", "--overwrite", .. Tool.Small]), 73, "the folder is not empty and holds no run");
        Assert.Equal("mine", File.ReadAllText(_tool.PathOf("mine/photo.txt")));
    }

    [Fact]
    public void Predict_FromBrokenModels_SaysSo()
    {
        Check(_tool.Run("predict", "none"), 66, "none: there is no such file");
        Check(_tool.Run("predict", "."), 66, "there is no model.safetensors in this folder");
        _tool.Write("m.safetensors", "");
        Check(_tool.Run("predict", "m.safetensors", "x.csv"), 74, "m.safetensors: not a whole safetensors file");
        _tool.WriteWave();
        Assert.Equal(0, _tool.Run(["train", "wave.csv", "--out", "run", .. Tool.Small]).ExitCode);
        byte[] model = File.ReadAllBytes(_tool.PathOf("run/model.safetensors"));
        File.WriteAllBytes(_tool.PathOf("m.safetensors"), model[..^10]);
        Check(_tool.Run("predict", "m.safetensors", "wave.csv"), 74, "m.safetensors: not a whole safetensors file");
        Check(_tool.Run("info", "m.safetensors"), 74, "m.safetensors: not a whole safetensors file");

        _tool.Write("short.csv", "date,level,other\n2024-01-01,1,2\n");
        Check(_tool.Run("predict", "run", "short.csv"), 65, "short.csv: there are 1 rows, but the model looks back on 3");
        _tool.Write("columns.csv", "date,level\n2024-01-01,1\n");
        Check(_tool.Run("predict", "run", "columns.csv"), 65, "columns.csv: the model needs the column 'other', which is not there");
    }

    [Fact]
    public void Verbs_ThatDoNotExist_AreRefused()
    {
        ToolResult result = _tool.Run("trian");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("there is no command 'trian'; use one of train, predict", result.Error, StringComparison.Ordinal);
    }

    private static void Check(ToolResult result, int exitCode, string expected)
    {
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(string.Empty, result.Output);
        Assert.StartsWith("lstmtorch: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }
}
