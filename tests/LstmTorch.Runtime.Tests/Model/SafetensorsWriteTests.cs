using System.Buffers.Binary;
using System.Text;
using CsCheck;
using LstmTorch.Runtime.Model;
using Xunit;
using static LstmTorch.Runtime.Tests.Model.SafetensorsBytes;

namespace LstmTorch.Runtime.Tests.Model;

public class SafetensorsWriteTests
{
    private static readonly Dictionary<string, string> s_noMetadata = [];

    // Names as programs write them, and the characters that JSON has to escape; no half surrogate pairs.
    private static readonly Gen<string> s_names = Gen.Char["ab.0_\"\\/\n\té中"].Array[0, 6].Select(letters => new string(letters));

    private static readonly Gen<SafetensorsTensor> s_tensors =
        from name in s_names
        from type in Gen.Int[0, (int)SafetensorsType.U64].Select(type => (SafetensorsType)type)
        from shape in Gen.Long[0, 4].Array[0, 3]
        from data in Gen.Byte.Array[(int)shape.Aggregate((long)SafetensorsTensor.SizeOf(type), (size, dimension) => size * dimension)]
        select new SafetensorsTensor(name, type, shape, data);

    private static readonly Gen<(SafetensorsTensor[] Tensors, Dictionary<string, string> Metadata)> s_files = Gen.Select(
        s_tensors.Array[0, 5].Select(tensors => tensors.DistinctBy(tensor => tensor.Name).ToArray()),
        Gen.Select(s_names, s_names).Array[0, 3].Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)));

    [Fact]
    public void Write_SmallFile_GivesTheDocumentedBytes()
    {
        SafetensorsTensor[] tensors =
        [
            SafetensorsTensor.FromFloats("b", [1, 2], [1f, -2f]),
            new("a", SafetensorsType.U8, [], (byte[])[7]),
        ];
        const string header = """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}""";
        byte[] expected =
        [
            144, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(header.PadRight(144)),
            0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7,
        ];

        Assert.Equal(expected, Written(tensors, new Dictionary<string, string> { ["format"] = "pt" }));
    }

    [Fact]
    public void Write_NoTensors_GivesTheReferencesBytes() =>
        Assert.Equal([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8], Written([], s_noMetadata));

    [Fact]
    public void Write_OneTensor_GivesTheReferencesBytes() => Assert.Equal(
        Of("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """, new byte[24]),
        Written([SafetensorsTensor.FromFloats("attn0", [1, 1, 2, 3], new float[6])], s_noMetadata));

    [Fact]
    public void Write_TensorsInAnyOrder_SortsThemByTypeThenName()
    {
        SafetensorsTensor[] tensors =
        [
            One("z", SafetensorsType.F32), One("I", SafetensorsType.I64), One("d", SafetensorsType.F64), One("u", SafetensorsType.U64),
            One("h", SafetensorsType.F16), One("a", SafetensorsType.F32), One("B", SafetensorsType.F32), One("i", SafetensorsType.I32),
        ];
        SafetensorsFile file = Safetensors.Parse(Written(tensors, s_noMetadata), Where);

        Assert.Equal(["u", "I", "d", "B", "a", "z", "i", "h"], file.Tensors.Select(tensor => tensor.Name));

        static SafetensorsTensor One(string name, SafetensorsType type) => new(name, type, [1], new byte[SafetensorsTensor.SizeOf(type)]);
    }

    [Fact]
    public void Write_AnyFile_ReadsBackAsTheSameAndStartsItsNumbersAtAMultipleOfEight() => s_files.Sample(file =>
    {
        byte[] bytes = Written(file.Tensors, file.Metadata);
        SafetensorsFile read = Safetensors.Parse(bytes, Where);

        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
        Assert.Equal(file.Metadata, read.Metadata);
        Assert.Equal(file.Tensors.Length, read.Tensors.Count);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            SafetensorsTensor back = Assert.Single(read.Tensors, candidate => candidate.Name == tensor.Name);
            Assert.Equal(tensor.Type, back.Type);
            Assert.Equal(tensor.Shape, back.Shape);
            Assert.Equal(tensor.Data.ToArray(), back.Data.ToArray());
        }
    });

    [Fact]
    public void Write_SameContentInAnotherOrder_GivesTheSameBytes() => s_files.Sample(file => Assert.Equal(
        Written(file.Tensors, file.Metadata),
        Written([.. file.Tensors.Reverse()], file.Metadata.Reverse().ToDictionary())));

    [Fact]
    public void Write_NameTwice_IsRefused() => Assert.Throws<ArgumentException>(() =>
        Written([SafetensorsTensor.FromFloats("a", [0], []), SafetensorsTensor.FromFloats("a", [0], [])], s_noMetadata));

    [Fact]
    public void Write_NameOfTheMetadata_IsRefused() => Assert.Throws<ArgumentException>(() =>
        Written([SafetensorsTensor.FromFloats("__metadata__", [0], [])], s_noMetadata));

    [Theory]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { })]
    [InlineData(new long[] { -1, -2 })]
    [InlineData(new long[] { long.MaxValue, 4 })]
    [InlineData(new long[] { 1L << 32, 1L << 32, 2 })]
    public void Write_DataThatDoNotFillTheShape_AreRefused(long[] shape) => Assert.Throws<ArgumentException>(() =>
        Written([SafetensorsTensor.FromFloats("a", shape, [1, 2])], s_noMetadata));

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdc00)]
    public void Write_HalfASurrogatePair_IsRefused(int half)
    {
        string text = $"a{(char)half}b";
        Assert.ThrowsAny<ArgumentException>(() => Written([SafetensorsTensor.FromFloats(text, [0], [])], s_noMetadata));
        Assert.ThrowsAny<ArgumentException>(() => Written([], new Dictionary<string, string> { [text] = "" }));
        Assert.ThrowsAny<ArgumentException>(() => Written([], new Dictionary<string, string> { [""] = text }));
    }

    [Fact]
    public void Write_HeaderOverTheLimit_IsRefusedBeforeAnythingIsWritten()
    {
        // Six bytes each in JSON.
        using var stream = new MemoryStream();
        var metadata = new Dictionary<string, string> { ["config"] = new string('\u0001', 16_700_000) };

        Assert.Throws<ArgumentException>(() => Safetensors.Write(stream, [], metadata));
        Assert.Equal(0, stream.Length);
    }

    private static byte[] Written(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
