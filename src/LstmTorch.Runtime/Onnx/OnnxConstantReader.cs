using Fields = LstmTorch.Runtime.Onnx.OnnxFields.Tensor;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Reads a tensor of an ONNX file, and holds its shape against the bytes that are there.</summary>
internal static class OnnxConstantReader
{
    private const int MostDimensions = 16;

    /// <summary>Reads a tensor; its numbers stay where they are.</summary>
    /// <exception cref="FormatException">It is malformed, or its numbers are in another file.</exception>
    public static OnnxConstant Read(ReadOnlyMemory<byte> bytes)
    {
        string name = string.Empty;
        long type = 0;
        List<long> shape = [];
        ReadOnlyMemory<byte>? raw = null;
        var tensor = new ProtobufReader(bytes);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case Fields.Dimensions:
                    tensor.AddIntegers(shape, MostDimensions);
                    break;
                case Fields.DataType:
                    type = tensor.Integer;
                    break;
                case Fields.Name:
                    name = tensor.Text;
                    break;
                case Fields.RawData or Fields.FloatData:
                    raw = raw is null ? tensor.Bytes : throw new FormatException($"the numbers of '{name}' are in pieces");
                    break;
                case Fields.ExternalData:
                case Fields.DataLocation when tensor.Integer != 0:
                    throw new FormatException("its numbers lie in another file, which is not followed; save the model as one file");
                case Fields.Segment:
                    throw new FormatException($"the numbers of '{name}' are in pieces");
            }
        }

        if (type == (long)OnnxType.Float)
            CheckSize(name, shape, raw?.Length ?? 0);
        return new OnnxConstant(name, type, shape, raw ?? default);
    }

    private static void CheckSize(string name, List<long> shape, int bytes)
    {
        Int128 size = sizeof(float);
        foreach (long dimension in shape)
        {
            // Int128 holds the product of a size up to 2^31 with any dimension.
            size *= dimension;
            if (dimension < 0 || size > int.MaxValue)
                throw new FormatException($"the shape of '{name}', [{string.Join(", ", shape)}], is none that a file can hold");
        }

        if (size != bytes)
            throw new FormatException($"'{name}' has {bytes} bytes, its shape needs {size}");
    }
}
