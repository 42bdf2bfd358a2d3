using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Xunit;
using Fields = LstmTorch.Runtime.Onnx.OnnxFields;

namespace LstmTorch.Runtime.Tests.Onnx;

public class OnnxImportTests
{
    private const string Where = "foreign.onnx";

    private static readonly ImportOptions s_none = new();

    [Fact]
    public void Parse_OursWithKnownCovariates_IsRefused() => Refusal.Of(
        ErrorKind.Damaged,
        "it sees covariates that are known in advance, which is not read back",
        () => OnnxImport.Parse(OnnxExport.ToBytes(Models.Random(Models.Covariates(Peephole.None))), new ImportOptions(), "x.onnx"));

    [Fact]
    public void Read_WhatExportWrote_IsTheSameModelToTheBit()
    {
        using var folder = new TemporaryFolder();
        ForecasterConfig rich = Models.Config(Peephole.Diagonal, inputs: 4, contextLength: 12, horizon: 3) with
        {
            Targets = ["input 2", "input 0"],
            PatchLength = 3,
            Highway = true,
            Normalize = WindowNormalization.Revin,
        };
        foreach (ForecasterConfig config in (ForecasterConfig[])[rich, Models.Config(Peephole.None), Models.Config(Peephole.Diagonal, hiddenSizes: [5, 4, 3])])
        {
            ModelFile model = Models.Random(config);
            OnnxExport.Write(folder.File("m.onnx"), model);
            ModelFile read = OnnxImport.Read(folder.File("m.onnx"), s_none);

            Assert.Equal(ForecasterConfigJson.Serialize(model.Config), ForecasterConfigJson.Serialize(read.Config));
            foreach (SafetensorsTensor tensor in model.Tensors)
                Assert.Equal(tensor.Floats.ToArray(), read.Tensors.Single(other => other.Name == tensor.Name).Floats.ToArray());
        }
    }

    [Fact]
    public void Read_ModelOfPyTorch_ForecastsAsPyTorch()
    {
        using var folder = new TemporaryFolder();
        string output = Python.Run(
            "torch, onnx",
            folder.Path,
            """
            import torch
            torch.manual_seed(0)
            class Model(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.lstm, self.fc = torch.nn.LSTM(3, 8, num_layers=2, batch_first=True), torch.nn.Linear(8, 4)
                def forward(self, x):
                    return self.fc(self.lstm(x)[0][:, -1])
            model, x = Model().eval(), torch.arange(36.0).sin().reshape(1, 12, 3)
            torch.onnx.export(model, x, "m.onnx", dynamic_axes={"input": {0: "batch"}}, input_names=["input"])
            print(*model(x).flatten().tolist())
            """);
        ModelFile model = OnnxImport.Read(folder.File("m.onnx"), new ImportOptions { Targets = ["a", "b"] });
        double[] forecast = new double[4];
        new Forecaster(model).Forecast([.. Enumerable.Range(0, 36).Select(n => (double)MathF.Sin(n))], forecast);

        Assert.Equal((12, 2), (model.Config.ContextLength, model.Config.Horizon));
        double[] expected = [.. output.Split(' ').Select(word => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
        for (int n = 0; n < expected.Length; n++)
            Assert.Equal(expected[n], forecast[n], 1e-5);
    }

    [Fact]
    public void Parse_LayersAlone_AskForAHead()
    {
        byte[] file = File(graph => graph.Node("LSTM", ["", "y_h"], ["x", "W", "R"], Hidden));

        Assert.Contains("--head", Refusal.Of(ErrorKind.Usage, Where, () => OnnxImport.Parse(file, s_none, Where)), StringComparison.Ordinal);
        ModelFile model = OnnxImport.Parse(file, new ImportOptions { HiddenStateIsForecast = true, ContextLength = 4, InputScalers = [new(1, 2), new(3, 4)] }, Where);
        Assert.Equal((2, 4, 4.0), (model.Config.Horizon, model.Config.ContextLength, model.Config.InputScalers[1].Scale));
        Assert.Equal(["x1", "x2"], model.Config.Inputs);

        // W's rows i o f c are 1 … 16; ours are i f g o.
        Assert.Equal([1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 15, 16, 5, 6, 7, 8], model.Tensors.Single(tensor => tensor.Name == "weight_ih_l0").Floats.ToArray());
        Assert.Equal(new float[8], model.Tensors.Single(tensor => tensor.Name == "bias_l0").Floats.ToArray());
    }

    [Fact]
    public void Parse_HeadOfMatMulAndAdd_IsRead()
    {
        ModelFile model = OnnxImport.Parse(
            File(graph =>
            {
                graph.Node("LSTM", ["", "y_h"], ["x", "W", "R"], Hidden);
                graph.Node("Squeeze", ["h"], ["y_h"]);
                graph.Node("MatMul", ["product"], ["h", graph.Constant("w", [1f, 2, 3, 4, 5, 6], [2, 3])]);
                graph.Node("Add", ["out"], ["product", graph.Constant("bias", [7f, 8, 9], [3])]);
            }),
            s_none,
            Where);

        Assert.Equal([1, 4, 2, 5, 3, 6], model.Tensors.Single(tensor => tensor.Name == "head.weight").Floats.ToArray());
        Assert.Equal([7, 8, 9], model.Tensors.Single(tensor => tensor.Name == "head.bias").Floats.ToArray());
    }

    [Theory]
    [InlineData("direction", "a layer runs reverse")]
    [InlineData("clip", "clip")]
    [InlineData("hidden_size", "hidden_size 3")]
    [InlineData("state", "starts from 'h0'")]
    [InlineData("lengths", "sequence_lens")]
    [InlineData("operator", "Softmax")]
    [InlineData("domain", "custom.LSTM")]
    [InlineData("scan", "a Scan, which is not read back")]
    [InlineData("shape", "'P' is [6], expected [1, 6]")]
    [InlineData("dtype", "not float32")]
    [InlineData("order", "layer 1 does not read the layer below")]
    [InlineData("nothing", "no LSTM operator")]
    public void Parse_WhatWeDoNotHave_IsRefused(string what, string expected)
    {
        byte[] file = File(graph =>
        {
            string[] inputs = ["x", "W", "R"];
            switch (what)
            {
                case "direction":
                    graph.Node("LSTM", ["y"], inputs, OnnxAttribute.Of("direction", "reverse"));
                    break;
                case "clip":
                    graph.Node("LSTM", ["y"], inputs, OnnxAttribute.Of("clip", 1L));
                    break;
                case "hidden_size":
                    graph.Node("LSTM", ["y"], inputs, OnnxAttribute.Of("hidden_size", 3L));
                    break;
                case "state":
                    graph.Node("LSTM", ["y"], [.. inputs, "", "", graph.Constant("h0", [1f, 0], [1, 1, 2])]);
                    break;
                case "lengths":
                    graph.Node("LSTM", ["y"], [.. inputs, "", "lengths"]);
                    break;
                case "operator":
                    graph.Node("LSTM", ["y"], inputs);
                    graph.Node("Softmax", ["z"], ["y"]);
                    break;
                case "domain":
                    graph.Node("custom.LSTM", ["y"], inputs);
                    break;
                case "scan":
                    graph.Node("Scan", ["y"], inputs);
                    break;
                case "shape":
                    graph.Node("LSTM", ["y"], [.. inputs, "", "", "", "", graph.Constant("P", new float[6], [6])]);
                    break;
                case "dtype":
                    graph.Node("LSTM", ["y"], [.. inputs, graph.Constant("B", new double[16], [1, 16])]);
                    break;
                case "order":
                    graph.Node("LSTM", ["y"], inputs);
                    graph.Node("LSTM", ["z"], inputs);
                    break;
            }
        });

        Assert.Contains(expected, Refusal.Of(ErrorKind.Damaged, Where, () => OnnxImport.Parse(file, s_none, Where)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_IsNotFound() => Refusal.Of(ErrorKind.NotFound, "absent.onnx", () => OnnxImport.Read("absent.onnx", s_none));

    [Fact]
    public void Read_EndlessDevice_IsRefused()
    {
        Assert.SkipUnless(System.IO.File.Exists("/dev/zero"), "there is no /dev/zero");

        Refusal.Of(ErrorKind.Damaged, "/dev/zero", () => OnnxImport.Read("/dev/zero", s_none));
    }

    private static OnnxAttribute Hidden => OnnxAttribute.Of("hidden_size", 2L);

    /// <summary>A file of another program: two inputs, and W and R for two units with rows i o f c of 1, 2, 3, ….</summary>
    private static byte[] File(Action<OnnxGraph> build)
    {
        var graph = new OnnxGraph("foreign");
        graph.Input("x", OnnxType.Float, -1, -1, 2);
        foreach (string name in (string[])["W", "R"])
            graph.Constant(name, [.. Enumerable.Range(1, 16).Select(n => (float)n)], [1, 8, 2]);
        build(graph);
        var file = new ProtobufWriter();
        file.Integer(Fields.Model.IrVersion, 8);
        file.Message(Fields.Model.Graph, graph.Message());
        file.Message(Fields.Model.OpsetImport, set => set.Integer(Fields.OperatorSet.Version, 17));
        return file.ToArray();
    }
}
