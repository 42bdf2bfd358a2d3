using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ExportCommandTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Export_Onnx_WritesTheFileAndSaysHowFarItAgrees()
    {
        trained.CopyTo(_tool);
        string line = _tool.Run("export", "run", "--format", "onnx", "--out", "m.onnx").Exits(0).Output;
        JsonNode json = JsonNode.Parse(_tool.Run("export", "run/model.safetensors", "--format", "onnx", "--out", "again.onnx", "--json").Exits(0).Output)!;

        Assert.StartsWith("written to m.onnx, ", line, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime forecasts as the model does, within ", line, StringComparison.Ordinal);
        Assert.Equal(_tool.Sha256("m.onnx"), _tool.Sha256("again.onnx"));
        Assert.Equal(new FileInfo(_tool.At("m.onnx")).Length, (long)json["bytes"]!);

        // Two different programs in float32: not the same to the last bit, and rounding apart.
        Assert.InRange((double)json["largest_difference"]!, 1e-12, 1e-5);
    }

    [Fact]
    public void Export_PyTorch_WritesTheFolder()
    {
        trained.CopyTo(_tool);
        Assert.Equal("written to torch\n", _tool.Run("export", "run", "--format", "pytorch", "--out", "torch").Exits(0).Output);

        Assert.Equal(
            ["config.json", "forecaster.py", "head.safetensors", "lstm.safetensors"],
            Directory.GetFiles(_tool.At("torch")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        _tool.Run("export", "run", "--format", "pytorch", "--out", "torch").Exits(0);
    }

    [Fact]
    public void Export_Safetensors_WritesAModelThatForecastsTheSame()
    {
        trained.CopyTo(_tool);
        _tool.Run("export", "run", "--format", "safetensors", "--out", "copy").Exits(0);

        Assert.Equal(_tool.Run("predict", "run").Output, _tool.Run("predict", "copy", "series.csv").Exits(0).Output);
    }

    [Theory]
    [InlineData("onnx", "run/model.safetensors")]
    [InlineData("safetensors", "./run/../run/model.safetensors")]
    [InlineData("pytorch", "run")]
    [InlineData("pytorch", "run/")]
    [InlineData("onnx", "link.safetensors")]
    public void Export_OverTheModel_IsRefused(string format, string output)
    {
        trained.CopyTo(_tool);
        File.CreateSymbolicLink(_tool.At("link.safetensors"), _tool.At("run", "model.safetensors"));
        string model = _tool.Sha256("run", "model.safetensors"), config = _tool.Sha256("run", "config.json");

        Assert.Contains("would replace ", _tool.Run("export", "run", "--format", format, "--out", output).Exits(73).ErrorLine, StringComparison.Ordinal);
        Assert.Equal((model, config), (_tool.Sha256("run", "model.safetensors"), _tool.Sha256("run", "config.json")));
    }

    [Fact]
    public void Export_ModelThatForecastsNoNumbers_LeavesNoFileAndKeepsAnOldOne()
    {
        trained.CopyTo(_tool);

        // The largest float32 as the head's bias: a number, but in the target's units beyond all of them.
        byte[] model = File.ReadAllBytes(_tool.At("run", "model.safetensors"));
        int data = 8 + (int)BitConverter.ToInt64(model);
        JsonNode bias = JsonNode.Parse(model.AsSpan(8, data - 8))!["head.bias"]!["data_offsets"]!;
        BitConverter.GetBytes(float.MaxValue).CopyTo(model, data + (int)bias[0]!);
        File.WriteAllBytes(_tool.At("run", "model.safetensors"), model);
        _tool.Write("old.onnx", "old");

        foreach (string file in (string[])["new.onnx", "old.onnx"])
            Assert.Contains("forecasts are no numbers", _tool.Run("export", "run", "--format", "onnx", "--out", file).Exits(74).ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_tool.At("new.onnx")));
        Assert.Equal("old", _tool.Read("old.onnx"));
    }

    [Fact]
    public void Export_UnusableArguments_SayWhatIsWrong()
    {
        trained.CopyTo(_tool);

        Assert.Contains("use one of onnx, safetensors, pytorch", _tool.Run("export", "run", "--format", "pickle", "--out", "x").Exits(2).ErrorLine, StringComparison.Ordinal);
        Assert.Contains("'--out' is required", _tool.Run("export", "run", "--format", "onnx").Exits(2).ErrorLine, StringComparison.Ordinal);
        _tool.Run("export", "nowhere", "--format", "onnx", "--out", "x").Exits(66);
        _tool.Run("export", "run", "--format", "onnx", "--out", "nowhere/x").Exits(73);
        _tool.Run("export", "series.csv", "--format", "onnx", "--out", "x").Exits(74);
        Assert.Contains("names no file", _tool.Run("export", "run", "--format", "onnx", "--out", "").Exits(2).ErrorLine, StringComparison.Ordinal);
    }
}
