using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Xunit;

namespace LstmTorch.Runtime.Tests.Onnx;

/// <summary>The format's own checker and shape inference over exported models, where Python has the package onnx.</summary>
public class OnnxCheckerTests
{
    private const string Script = """
        import sys, onnx
        for name in sys.argv[1:]:
            model = onnx.load(name)
            onnx.checker.check_model(model, full_check=True)
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
            shapes = {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
                      for value in list(inferred.graph.value_info) + list(inferred.graph.output)}
            assert model.ir_version == 8 and [(o.domain, o.version) for o in model.opset_import] == [("", 17)]
            print(name, [n.op_type for n in model.graph.node if n.op_type in ("LSTM", "Scan")], shapes["forecasts"])
        """;

    [Fact]
    public void Export_EveryForm_PassesTheCheckerAndShapeInference()
    {
        using var folder = new TemporaryFolder();
        ForecasterConfig all = Models.Config(Peephole.Full, contextLength: 6) with
        {
            Targets = ["input 2", "input 0"],
            Normalize = WindowNormalization.Revin,
            PatchLength = 3,
            Highway = true,
        };
        OnnxExport.Write(folder.File("full"), Models.Random(all));
        OnnxExport.Write(folder.File("diagonal"), Models.Random(all with { Peephole = PeepholeKind.Diagonal, Normalize = WindowNormalization.Last }));
        OnnxExport.Write(folder.File("operator"), Models.Random(Models.Config(Peephole.Diagonal, hiddenSizes: [5, 4, 3])));
        OnnxExport.Write(folder.File("plain"), Models.Random(Models.Config(Peephole.None, contextLength: 1, hiddenSizes: [5])));

        OnnxExport.Write(folder.File("difference"), Models.Random(all with { Normalize = WindowNormalization.Difference }));

        string[] lines = Python.Run("onnx", folder.Path, Script, "full", "diagonal", "operator", "plain", "difference").Split('\n');

        Assert.Equal("full ['Scan', 'Scan'] ['batch', 2, 2]", lines[0]);
        Assert.Equal("difference ['Scan', 'Scan'] ['batch', 2, 2]", lines[4]);
        Assert.Equal("diagonal ['Scan', 'Scan'] ['batch', 2, 2]", lines[1]);
        Assert.Equal("operator ['LSTM', 'LSTM', 'LSTM'] ['batch', 2, 2]", lines[2]);
        Assert.Equal("plain ['LSTM'] ['batch', 2, 2]", lines[3]);
    }
}
