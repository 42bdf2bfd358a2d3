using System.Text.Json.Nodes;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ImportCommandTests(TrainedRun trained) : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Import_WhatExportWrote_ForecastsTheSame()
    {
        trained.CopyTo(_tool);
        _tool.Run("export", "run", "--format", "pytorch", "--out", "torch").Exits(0);
        string line = _tool.Run("import", "torch", "--out", "back").Exits(0).Output;

        Assert.Equal("written to back: 3 steps of load, wind, layers of 4, full peepholes, 2 ahead for load\n", line);
        Assert.Equal(_tool.Run("predict", "run").Output, _tool.Run("predict", "back", "series.csv").Exits(0).Output);
    }

    [Fact]
    public void Import_OnnxWithTheOperator_IsHeldAgainstOnnxRuntime()
    {
        _tool.WriteSeries();
        _tool.TrainTiny("run", "--peephole", "diagonal", "--connections", "ifo", "--normalize", "last").Exits(0);
        _tool.Run("export", "run", "--format", "onnx", "--out", "m.onnx").Exits(0);
        string line = _tool.Run("import", "m.onnx", "--out", "back").Exits(0).Output;

        Assert.Contains("diagonal peepholes", line, StringComparison.Ordinal);
        Assert.Contains("forecasts as the file does in ONNX Runtime, within ", line, StringComparison.Ordinal);
        Assert.Equal(_tool.Run("predict", "run").Output, _tool.Run("predict", "back", "series.csv").Exits(0).Output);
    }

    [Fact]
    public void Import_Json_IsOneDocument()
    {
        _tool.WriteSeries();
        _tool.TrainTiny("run", "--peephole", "none").Exits(0);
        _tool.Run("export", "run", "--format", "onnx", "--out", "m.onnx").Exits(0);
        JsonNode json = JsonNode.Parse(_tool.Run("import", "m.onnx", "--out", "back", "--json").Exits(0).Output)!;

        Assert.Equal("back", (string)json["path"]!);
        Assert.Equal(new FileInfo(_tool.At("back")).Length, (long)json["bytes"]!);
        // The tool refuses a file that differs by more.
        Assert.InRange((double)json["largest_difference"]!, 0, 1e-5);
    }

    [Fact]
    public void Import_LayersAndHeadApart_TakesBothAndTheOptions()
    {
        trained.CopyTo(_tool);
        _tool.Run("export", "run", "--format", "pytorch", "--out", "torch").Exits(0);
        Assert.Contains("--head", _tool.Run("import", "torch/lstm.safetensors", "--out", "m").Exits(2).ErrorLine, StringComparison.Ordinal);
        string line = _tool.Run(
            "import", "torch/lstm.safetensors", "--head", "torch/head.safetensors", "--inputs", "a", "b", "--target", "c", "--context-length", "5",
            "--input-scale", "0,1", "-2.5,3", "--target-scale", "1,2", "--out", "m").Exits(0).Output;

        Assert.Contains("5 steps of a, b, layers of 4, full peepholes, 2 ahead for c", line, StringComparison.Ordinal);
        Assert.Contains("'a,b': write the offset, a comma and the scale", _tool.Run("import", "torch", "--input-scale", "a,b", "--out", "m").Exits(2).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_SomethingElse_IsRefusedAndWritesNothing()
    {
        trained.CopyTo(_tool);
        _tool.Write("text.onnx", "not a model");
        _tool.Run("export", "run", "--format", "onnx", "--out", "full.onnx").Exits(0);

        _tool.Run("import", "text.onnx", "--out", "m").Exits(74);
        _tool.Run("import", "series.csv", "--out", "m").Exits(74);
        Assert.Contains("would replace full.onnx", _tool.Run("import", "full.onnx", "--out", "full.onnx").Exits(73).ErrorLine, StringComparison.Ordinal);
        _tool.Run("import", "absent.onnx", "--out", "m").Exits(66);
        Assert.Contains("a Scan, which is not read back", _tool.Run("import", "full.onnx", "--out", "m").Exits(74).ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_tool.At("m")));
    }
}
