using System.Runtime.InteropServices;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>A graph in the making: constants, then nodes in the order of their computation. Every value has a name.</summary>
/// <param name="name">The graph's name.</param>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The dimension that is known only when the graph runs.</summary>
    public const long Batch = -1;

    private const string BatchName = "batch";

    private readonly HashSet<string> _constants = [];
    private readonly List<ProtobufWriter> _initializers = [], _nodes = [], _inputs = [], _outputs = [];

    /// <summary>A value that comes from outside.</summary>
    /// <returns>Its name.</returns>
    public string Input(string value, OnnxType type, params long[] shape)
    {
        _inputs.Add(Value(value, type, shape));
        return value;
    }

    /// <summary>Makes a value a result.</summary>
    public void Output(string value, OnnxType type, params long[] shape) => _outputs.Add(Value(value, type, shape));

    /// <summary>Float32 numbers.</summary>
    /// <returns>The constant's name.</returns>
    public string Constant(string value, ReadOnlySpan<float> numbers, params long[] shape) =>
        Initialize(value, OnnxType.Float, MemoryMarshal.AsBytes(numbers), shape);

    /// <summary>Float64 numbers.</summary>
    /// <returns>The constant's name.</returns>
    public string Constant(string value, ReadOnlySpan<double> numbers, params long[] shape) =>
        Initialize(value, OnnxType.Double, MemoryMarshal.AsBytes(numbers), shape);

    /// <summary>Truth values.</summary>
    /// <returns>The constant's name.</returns>
    public string Constant(string value, ReadOnlySpan<bool> choices, params long[] shape) =>
        Initialize(value, OnnxType.Bool, MemoryMarshal.AsBytes(choices), shape);

    /// <summary>A list of integers.</summary>
    /// <returns>The constant's name.</returns>
    public string Constant(string value, params long[] numbers) =>
        Initialize(value, OnnxType.Int64, MemoryMarshal.AsBytes<long>(numbers), [numbers.Length]);

    /// <summary>One integer, of no dimension.</summary>
    /// <returns>The constant's name.</returns>
    public string Scalar(string value, long number) => Initialize(value, OnnxType.Int64, MemoryMarshal.AsBytes([number]), []);

    /// <summary>A weight as it is.</summary>
    /// <returns>The constant's name.</returns>
    public string Constant(SafetensorsTensor weight) => Initialize(weight.Name, OnnxType.Float, weight.Data, weight.Shape);

    /// <summary>A node with one result that is used, of the same name as the node.</summary>
    /// <returns>The name of the result.</returns>
    public string Node(string operation, string result, string[] inputs, params OnnxAttribute[] attributes)
    {
        Node(operation, [result], inputs, attributes);
        return result;
    }

    /// <summary>A node; results that are not used are empty names.</summary>
    public void Node(string operation, string[] results, string[] inputs, params OnnxAttribute[] attributes)
    {
        var node = new ProtobufWriter();
        foreach (string input in inputs)
            node.Text(OnnxFields.Node.Input, input);
        foreach (string result in results)
            node.Text(OnnxFields.Node.Output, result);
        node.Text(OnnxFields.Node.Name, results.First(result => result.Length > 0));
        node.Text(OnnxFields.Node.OpType, operation);
        foreach (OnnxAttribute attribute in attributes)
            node.Message(OnnxFields.Node.Attribute, attribute.Message);
        _nodes.Add(node);
    }

    /// <summary>The finished graph.</summary>
    public ProtobufWriter Message()
    {
        var graph = new ProtobufWriter();
        _nodes.ForEach(node => graph.Message(OnnxFields.Graph.Node, node));
        graph.Text(OnnxFields.Graph.Name, name);
        _initializers.ForEach(initializer => graph.Message(OnnxFields.Graph.Initializer, initializer));
        _inputs.ForEach(input => graph.Message(OnnxFields.Graph.Input, input));
        _outputs.ForEach(output => graph.Message(OnnxFields.Graph.Output, output));
        return graph;
    }

    private string Initialize(string value, OnnxType type, ReadOnlySpan<byte> numbers, IReadOnlyList<long> shape) =>
        Initialize(value, type, (ReadOnlyMemory<byte>)numbers.ToArray(), shape);

    // The same name stands for the same numbers, which are written once.
    private string Initialize(string value, OnnxType type, ReadOnlyMemory<byte> numbers, IReadOnlyList<long> shape)
    {
        if (!_constants.Add(value))
            return value;
        var tensor = new ProtobufWriter();
        foreach (long dimension in shape)
            tensor.Integer(OnnxFields.Tensor.Dimensions, dimension);
        tensor.Integer(OnnxFields.Tensor.DataType, (long)type);
        tensor.Text(OnnxFields.Tensor.Name, value);
        tensor.Bytes(OnnxFields.Tensor.RawData, numbers);
        _initializers.Add(tensor);
        return value;
    }

    private static ProtobufWriter Value(string value, OnnxType type, long[] shape)
    {
        var message = new ProtobufWriter();
        message.Text(OnnxFields.Value.Name, value);
        message.Message(OnnxFields.Value.Type, kind => kind.Message(OnnxFields.Value.TensorType, tensor =>
        {
            tensor.Integer(OnnxFields.Value.ElementType, (long)type);
            tensor.Message(OnnxFields.Value.Shape, dimensions =>
            {
                foreach (long size in shape)
                {
                    dimensions.Message(OnnxFields.Value.Dimension, dimension =>
                    {
                        if (size == Batch)
                            dimension.Text(OnnxFields.Value.DimensionName, BatchName);
                        else
                            dimension.Integer(OnnxFields.Value.DimensionValue, size);
                    });
                }
            });
        }));
        return message;
    }
}
