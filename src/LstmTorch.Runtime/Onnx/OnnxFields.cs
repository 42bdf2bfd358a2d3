namespace LstmTorch.Runtime.Onnx;

/// <summary>The numbers of the fields that are written and read, by message. Source: onnx.proto of ONNX 1.12.</summary>
internal static class OnnxFields
{
    public static class Model
    {
        public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, Graph = 7, OpsetImport = 8, MetadataProps = 14;
    }

    public static class OperatorSet
    {
        public const int Domain = 1, Version = 2;
    }

    public static class Entry
    {
        public const int Key = 1, Value = 2;
    }

    public static class Graph
    {
        public const int Node = 1, Name = 2, Initializer = 5, Input = 11, Output = 12, SparseInitializer = 15;
    }

    public static class Node
    {
        public const int Input = 1, Output = 2, Name = 3, OpType = 4, Attribute = 5, Domain = 7;
    }

    public static class Attribute
    {
        public const int Name = 1, Float = 2, Integer = 3, Text = 4, Tensor = 5, Graph = 6, Floats = 7, Integers = 8, Texts = 9, Type = 20;

        // The values of Type.
        public const int IntegerType = 2, TextType = 3, TensorType = 4, GraphType = 5, IntegersType = 7;
    }

    public static class Tensor
    {
        public const int Dimensions = 1, DataType = 2, Segment = 3, FloatData = 4, Name = 8, RawData = 9, DoubleData = 10, ExternalData = 13, DataLocation = 14;
    }

    public static class Value
    {
        public const int Name = 1, Type = 2, TensorType = 1, ElementType = 1, Shape = 2, Dimension = 1, DimensionValue = 1, DimensionName = 2;
    }
}
