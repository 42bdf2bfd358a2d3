using Fields = LstmTorch.Runtime.Onnx.OnnxFields.Attribute;

namespace LstmTorch.Runtime.Onnx;

/// <summary>A named constant of a node.</summary>
internal sealed class OnnxAttribute
{
    private readonly ProtobufWriter _message = new();

    private OnnxAttribute(string name, int type)
    {
        _message.Text(Fields.Name, name);
        _message.Integer(Fields.Type, type);
    }

    /// <summary>The message.</summary>
    public ProtobufWriter Message => _message;

    public static OnnxAttribute Of(string name, long value)
    {
        var attribute = new OnnxAttribute(name, Fields.IntegerType);
        attribute._message.Integer(Fields.Integer, value);
        return attribute;
    }

    public static OnnxAttribute Of(string name, params long[] values)
    {
        var attribute = new OnnxAttribute(name, Fields.IntegersType);
        foreach (long value in values)
            attribute._message.Integer(Fields.Integers, value);
        return attribute;
    }

    public static OnnxAttribute Of(string name, string text)
    {
        var attribute = new OnnxAttribute(name, Fields.TextType);
        attribute._message.Text(Fields.Text, text);
        return attribute;
    }

    public static OnnxAttribute Of(string name, OnnxGraph graph)
    {
        var attribute = new OnnxAttribute(name, Fields.GraphType);
        attribute._message.Message(Fields.Graph, graph.Message());
        return attribute;
    }
}
