using LstmTorch.Persistence;
using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Tests;
using LstmTorch.Tests.Fuzzing;

namespace LstmTorch.Fuzzing;

/// <summary>The readers of models.</summary>
internal static class ModelTargets
{
    public static IEnumerable<FuzzTarget> All()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        var model = new ModelFile(small.State.Model.Config, [.. StateTensors.Split(small.State.Parameters, small.State.BestValues)]);
        ModelFile.Write(folder.File("model"), model.Config, model.Tensors);
        return
        [
            new("model", [File.ReadAllBytes(folder.File("model"))], [], (file, _) => ModelFile.Parse(file, "in")),
            new("onnx", [OnnxExport.ToBytes(model)], [], (file, _) => OnnxImport.Parse(file, new ImportOptions(), "in")),
        ];
    }
}
