using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Xunit;
using Fields = LstmTorch.Runtime.Onnx.OnnxFields;

namespace LstmTorch.Runtime.Tests.Onnx;

/// <summary>Files that are malformed, or ask for more than they hold: each refused in one line, and nothing else touched.</summary>
public class OnnxReaderTests
{
    private const string Where = "foreign.onnx";

    public static TheoryData<string> Tensors => ["truncated", "too short", "too long", "overflow", "negative", "external", "location", "segment", "twice"];

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Parse_LyingTensor_IsRefused(string what)
    {
        Refuse(graph =>
        {
            graph.Message(Fields.Graph.Initializer, tensor =>
            {
                foreach (long size in what switch
                {
                    "overflow" => new long[] { 1L << 31, 1L << 31, 4 },
                    "negative" => [-1, -4],
                    "too long" => [int.MaxValue],
                    _ => [2, 2],
                })
                {
                    tensor.Integer(Fields.Tensor.Dimensions, size);
                }

                tensor.Integer(Fields.Tensor.DataType, 1);
                tensor.Text(Fields.Tensor.Name, "W");
                tensor.Bytes(Fields.Tensor.RawData, new byte[what == "too short" ? 15 : 16]);
                if (what == "external")
                    tensor.Message(Fields.Tensor.ExternalData, entry => entry.Text(Fields.Entry.Value, "../../../etc/passwd"));
                if (what == "location")
                    tensor.Integer(Fields.Tensor.DataLocation, 1);
                if (what == "segment")
                    tensor.Bytes(Fields.Tensor.Segment, new byte[1]);
                if (what == "twice")
                    tensor.Bytes(Fields.Tensor.RawData, new byte[16]);
            });
            if (what == "truncated")
                graph.Bytes(Fields.Graph.Initializer, new byte[] { 0x4A, 0x7F, 0 });
        });
    }

    [Fact]
    public void Parse_SameConstantTwice_IsRefused() => Assert.Contains("'W' occurs twice", Refuse(graph =>
    {
        for (int n = 0; n < 2; n++)
            graph.Message(Fields.Graph.Initializer, tensor => tensor.Text(Fields.Tensor.Name, "W"));
    }), StringComparison.Ordinal);

    [Fact]
    public void Parse_NodeWithoutOutput_IsRefused() => Assert.Contains(
        "Gemm, has no output",
        Refuse(graph => graph.Message(Fields.Graph.Node, node => node.Text(Fields.Node.OpType, "Gemm"))),
        StringComparison.Ordinal);

    [Fact]
    public void Parse_MillionsOfParts_AreRefusedBeforeTheyTakeMemory()
    {
        byte[] file = File(graph =>
        {
            for (int n = 0; n < 20_000; n++)
                graph.Message(Fields.Graph.Node, node => node.Text(Fields.Node.Output, string.Empty));
        });

        Assert.Contains("more than 10000 parts", Refuse(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 26, "operator set 26, written by Some Program 1.2")]
    [InlineData(99, 17, "IR version 99")]
    [InlineData(0, 17, "IR version 0")]
    [InlineData(8, 6, "operator set 6")]
    public void Parse_OtherVersion_IsRefusedAndSaysWhoWroteIt(int irVersion, int operatorSet, string expected) =>
        Assert.Contains(expected, Refuse(File(_ => { }, irVersion, operatorSet)), StringComparison.Ordinal);

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        byte[] file = OnnxExport.ToBytes(Models.Random(Models.Config(Peephole.Diagonal, hiddenSizes: [2])));
        for (int length = 0; length < file.Length; length++)
        {
            int end = length;
            var error = Record.Exception(() => OnnxImport.Parse(file.AsMemory(0, end), new ImportOptions(), Where));

            // Where the file ends between two fields of its outermost message, it is whole but for what follows.
            Assert.True(error is LstmTorchException { Kind: ErrorKind.Damaged or ErrorKind.Usage }, $"{end}: {error}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model")]
    [InlineData("\u0008\u0008")]
    public void Parse_SomethingElse_IsRefused(string text) => Refuse(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Refuse(Action<ProtobufWriter> graph) => Refuse(File(graph));

    private static string Refuse(byte[] file) =>
        Refusal.Of(ErrorKind.Damaged, Where, () => OnnxImport.Parse(file, new ImportOptions { HiddenStateIsForecast = true }, Where));

    private static byte[] File(Action<ProtobufWriter> graph, int irVersion = 8, int operatorSet = 17)
    {
        var file = new ProtobufWriter();
        file.Integer(Fields.Model.IrVersion, irVersion);
        file.Text(Fields.Model.ProducerName, "Some Program");
        file.Text(Fields.Model.ProducerVersion, "1.2");
        file.Message(Fields.Model.Graph, graph);
        file.Message(Fields.Model.OpsetImport, set => set.Integer(Fields.OperatorSet.Version, operatorSet));
        return file.ToArray();
    }
}
