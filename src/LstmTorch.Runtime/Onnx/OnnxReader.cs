using Fields = LstmTorch.Runtime.Onnx.OnnxFields;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Reads ONNX files in memory. It runs nothing, opens no other file, and refuses what asks for one.</summary>
internal static class OnnxReader
{
    private const int OldestIrVersion = 3, NewestIrVersion = 13, OldestOperatorSet = 7, NewestOperatorSet = 25;

    // More of anything than a stack of layers has; what a file claims must not decide how much memory is taken.
    private const int MostParts = 10_000, MostSmallParts = 256;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is malformed, of an unknown version, or has its numbers in other files.</exception>
    public static OnnxContent Read(ReadOnlyMemory<byte> bytes)
    {
        long irVersion = 0, operatorSet = 0;
        string producer = "an unnamed program", producerVersion = string.Empty;
        var metadata = new Dictionary<string, string>();
        ReadOnlyMemory<byte>? graph = null;
        var model = new ProtobufReader(bytes);
        while (model.Next())
        {
            switch (model.Field)
            {
                case Fields.Model.IrVersion:
                    irVersion = model.Integer;
                    break;
                case Fields.Model.ProducerName:
                    producer = model.Text;
                    break;
                case Fields.Model.ProducerVersion:
                    producerVersion = model.Text;
                    break;
                case Fields.Model.Graph:
                    graph = graph is null ? model.Bytes : throw new FormatException("it has two graphs");
                    break;
                case Fields.Model.OpsetImport:
                    operatorSet = OperatorSet(model.Bytes) ?? operatorSet;
                    break;
                case Fields.Model.MetadataProps:
                    var (key, value) = Entry(model.Bytes);
                    if (metadata.Count == MostSmallParts || !metadata.TryAdd(key, value))
                        throw new FormatException($"the metadata '{key}' occurs twice, or there is too much");
                    break;
            }
        }

        string author = $"{producer} {producerVersion}".TrimEnd();
        if (graph is not { } content)
            throw new FormatException("it holds no graph");
        if (irVersion is < OldestIrVersion or > NewestIrVersion || operatorSet is < OldestOperatorSet or > NewestOperatorSet)
        {
            throw new FormatException(
                $"IR version {irVersion} and operator set {operatorSet}, written by {author}; this program reads {OldestIrVersion} to {NewestIrVersion} and {OldestOperatorSet} to {NewestOperatorSet}");
        }

        return Graph(content, author, metadata);
    }

    private static OnnxContent Graph(ReadOnlyMemory<byte> bytes, string producer, Dictionary<string, string> metadata)
    {
        var nodes = new List<OnnxNode>();
        var constants = new Dictionary<string, OnnxConstant>();
        var inputs = new List<(string Name, IReadOnlyList<long> Shape)>();
        var graph = new ProtobufReader(bytes);
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case Fields.Graph.Node:
                    OnnxNode node = Node(graph.Bytes);
                    nodes.Add(node);
                    if (node is { Operation: "Constant", Outputs: [var name] } && node.Attributes.GetValueOrDefault("value") is OnnxConstant value)
                        Add(value with { Name = name });
                    break;
                case Fields.Graph.Initializer:
                    Add(OnnxConstantReader.Read(graph.Bytes));
                    break;
                case Fields.Graph.SparseInitializer:
                    throw new FormatException("it has sparse constants");
                case Fields.Graph.Input:
                    inputs.Add(Input(graph.Bytes));
                    break;
            }

            if (nodes.Count + constants.Count + inputs.Count > MostParts)
                throw new FormatException($"it has more than {MostParts} parts");
        }

        inputs.RemoveAll(input => constants.ContainsKey(input.Name));
        return new OnnxContent(producer, metadata, inputs, nodes, constants);

        void Add(OnnxConstant constant)
        {
            if (!constants.TryAdd(constant.Name, constant))
                throw new FormatException($"the constant '{constant.Name}' occurs twice");
        }
    }

    private static OnnxNode Node(ReadOnlyMemory<byte> bytes)
    {
        string operation = string.Empty, domain = string.Empty;
        List<string> inputs = [], outputs = [];
        var attributes = new Dictionary<string, object?>();
        var node = new ProtobufReader(bytes);
        while (node.Next())
        {
            switch (node.Field)
            {
                case Fields.Node.Input:
                    inputs.Add(node.Text);
                    break;
                case Fields.Node.Output:
                    outputs.Add(node.Text);
                    break;
                case Fields.Node.OpType:
                    operation = node.Text;
                    break;
                case Fields.Node.Domain:
                    domain = node.Text;
                    break;
                case Fields.Node.Attribute:
                    var (name, value) = Attribute(node.Bytes);
                    if (!attributes.TryAdd(name, value))
                        throw new FormatException($"a node has the attribute '{name}' twice");
                    break;
            }

            if (inputs.Count + outputs.Count + attributes.Count > MostSmallParts)
                throw new FormatException($"a node has more than {MostSmallParts} parts");
        }

        if (outputs.Count == 0)
            throw new FormatException($"a node, {operation}, has no output");
        return new OnnxNode(domain is "" or "ai.onnx" ? operation : $"{domain}.{operation}", inputs, outputs, attributes);
    }

    private static (string Name, object? Value) Attribute(ReadOnlyMemory<byte> bytes)
    {
        string name = string.Empty;
        object? value = null;
        List<long> integers = [];
        List<string> texts = [];
        var attribute = new ProtobufReader(bytes);
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case Fields.Attribute.Name:
                    name = attribute.Text;
                    break;
                case Fields.Attribute.Float:
                    value = attribute.Float;
                    break;
                case Fields.Attribute.Integer:
                    value = attribute.Integer;
                    break;
                case Fields.Attribute.Text:
                    value = attribute.Text;
                    break;
                case Fields.Attribute.Integers:
                    attribute.AddIntegers(integers, MostSmallParts);
                    value = integers;
                    break;
                case Fields.Attribute.Texts:
                    texts.Add(texts.Count < MostSmallParts ? attribute.Text : throw new FormatException($"an attribute has more than {MostSmallParts} texts"));
                    value = texts;
                    break;
                case Fields.Attribute.Tensor:
                    value = OnnxConstantReader.Read(attribute.Bytes);
                    break;
            }
        }

        return (name, value);
    }

    private static (string Name, IReadOnlyList<long> Shape) Input(ReadOnlyMemory<byte> bytes)
    {
        string name = string.Empty;
        var shape = new List<long>();
        foreach (ReadOnlyMemory<byte> type in Inside(bytes, Fields.Value.Type, field => name = field.Field == Fields.Value.Name ? field.Text : name))
        {
            foreach (ReadOnlyMemory<byte> tensor in Inside(type, Fields.Value.TensorType))
            {
                foreach (ReadOnlyMemory<byte> sizes in Inside(tensor, Fields.Value.Shape))
                {
                    foreach (ReadOnlyMemory<byte> dimension in Inside(sizes, Fields.Value.Dimension))
                    {
                        long size = OnnxGraph.Batch;
                        _ = Inside(dimension, 0, field => size = field.Field == Fields.Value.DimensionValue ? field.Integer : size);
                        shape.Add(size);
                    }
                }
            }
        }

        return (name, shape);
    }

    /// <summary>The messages of one field; other fields are told of.</summary>
    private static List<ReadOnlyMemory<byte>> Inside(ReadOnlyMemory<byte> bytes, int wanted, Action<ProtobufReader>? other = null)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == wanted)
                messages.Add(reader.Bytes);
            else
                other?.Invoke(reader);
            if (messages.Count > MostSmallParts)
                throw new FormatException($"a message has more than {MostSmallParts} parts");
        }

        return messages;
    }

    private static long? OperatorSet(ReadOnlyMemory<byte> bytes)
    {
        string domain = string.Empty;
        long version = 0;
        var set = new ProtobufReader(bytes);
        while (set.Next())
        {
            if (set.Field == Fields.OperatorSet.Domain)
                domain = set.Text;
            else if (set.Field == Fields.OperatorSet.Version)
                version = set.Integer;
        }

        return domain is "" or "ai.onnx" ? version : null;
    }

    private static (string Key, string Value) Entry(ReadOnlyMemory<byte> bytes)
    {
        string key = string.Empty, value = string.Empty;
        var entry = new ProtobufReader(bytes);
        while (entry.Next())
        {
            if (entry.Field == Fields.Entry.Key)
                key = entry.Text;
            else if (entry.Field == Fields.Entry.Value)
                value = entry.Text;
        }

        return (key, value);
    }
}
