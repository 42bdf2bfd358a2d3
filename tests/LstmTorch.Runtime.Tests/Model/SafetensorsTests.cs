using System.Buffers.Binary;
using System.Text;
using CsCheck;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>The format's rules one by one, most of them the cases that its reference reader is tested with.</summary>
public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> s_noMetadata = [];

    [Fact]
    public void Write_OfNothing_IsAnEmptyObjectPaddedToEight() =>
        Assert.Equal(File("{}      "), Written([], s_noMetadata));

    [Fact]
    public void Write_OfOneTensor_IsPinnedByteByByte()
    {
        byte[] data = [.. Enumerable.Range(0, 24).Select(n => (byte)n)];
        byte[] written = Written([new("attn.0", SafetensorsType.F32, [1, 2, 3], data)], s_noMetadata);
        Assert.Equal(File("{\"attn.0\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}", data), written);
        Assert.Equal(64, BinaryPrimitives.ReadInt64LittleEndian(written));
    }

    [Fact]
    public void Write_SortsByNumberSizeThenName_AndMetadataByKey()
    {
        byte[] written = Written(
            [new("b", SafetensorsType.U8, [1], new byte[1]), new("a", SafetensorsType.U8, [1], new byte[1]), new("z", SafetensorsType.F64, [1], new byte[8])],
            new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        string header = Encoding.UTF8.GetString(written, 8, BinaryPrimitives.ReadInt32LittleEndian(written)).TrimEnd();
        Assert.Equal(
            "{\"__metadata__\":{\"x\":\"1\",\"y\":\"2\"},\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[8,9]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9,10]}}",
            header);
        Assert.Equal(0, (written.Length - 10) % 8);
    }

    [Fact]
    public void Write_WrongTensors_AreRefused()
    {
        var tensor = new SafetensorsTensor("a", SafetensorsType.F32, [2], new byte[8]);
        Assert.Throws<ArgumentException>(() => Written([tensor, tensor], s_noMetadata));
        Assert.Throws<ArgumentException>(() => Written([tensor with { Name = "__metadata__" }], s_noMetadata));
        Assert.Throws<ArgumentException>(() => Written([tensor with { Data = new byte[7] }], s_noMetadata));
    }

    [Theory]
    [InlineData("{\"__metadata__\":{\"framework\":\"pt\"}}", 0)]
    [InlineData(" {\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}\n ", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[0,0]}}", 0)]
    [InlineData("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]}}", 11)]
    public void Parse_GoodFiles_AreRead(string header, int dataLength) => Safetensors.Parse(File(header, new byte[dataLength]), "x");

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,4]}}", 4, "its shape needs 16")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "the file after 5")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 2, "ends outside the file")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "leaves a gap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "overlaps")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "overlaps")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,18446744073709551614],\"data_offsets\":[0,4]}}", 4, "")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,9223372036854775807],\"data_offsets\":[0,4]}}", 4, "")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "no whole number")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4, "no whole number")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]}}", 4, "no whole number")]
    [InlineData("{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype 'F99'")]
    [InlineData("{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype 'f32'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, "unknown field 'x'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "the field 'shape' twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "two data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "two data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "the name 'a' occurs twice")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "Number where a String is due")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "'a' occurs twice")]
    [InlineData("{\"a\":[[[[[[1]]]]]]}", 0, "")]
    [InlineData("{", 0, "")]
    [InlineData("[]", 0, "StartArray")]
    [InlineData("{}{}", 0, "")]
    [InlineData("", 0, "")]
    public void Parse_BrokenRules_AreNamed(string header, int dataLength, string expected)
    {
        var error = Assert.Throws<LstmTorchException>(() => Safetensors.Parse(File(header, new byte[dataLength]), "x.safetensors"));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.StartsWith("x.safetensors: not a whole safetensors file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LyingLengths_AreRefusedBeforeAnythingIsAllocated()
    {
        foreach (byte[] file in new byte[][] { [], [1, 2, 3], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 5, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'] })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(ErrorKind.Damaged, Assert.Throws<LstmTorchException>(() => Safetensors.Parse(file, "x")).Kind);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
    }

    [Fact]
    public void Parse_AHeaderThatIsNotUtf8_IsRefused()
    {
        byte[] file = [4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xFF, 0xFE, (byte)'}'];
        Assert.Contains("not UTF-8", Assert.Throws<LstmTorchException>(() => Safetensors.Parse(file, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfWhatWasWritten_IsTheSame()
    {
        Gen<SafetensorsTensor> tensor = Gen.Select(Gen.String[1, 12], Gen.Int[0, 4].Array[0, 3], Gen.Byte).Select((name, shape, fill) => new SafetensorsTensor(
            "t" + name, SafetensorsType.F32, [.. shape.Select(size => (long)size)], Enumerable.Repeat(fill, 4 * shape.Aggregate(1, (a, b) => a * b)).ToArray()));
        Gen.Select(tensor.List[0, 6], Gen.Dictionary(Gen.String[0, 6], Gen.String[0, 20])[0, 3]).Sample((tensors, metadata) =>
        {
            // A lone surrogate has no UTF-8 form, and names must differ.
            if (tensors.Select(t => t.Name).Concat(metadata.Keys).Concat(metadata.Values).Any(text => text.Any(char.IsSurrogate))
                || tensors.DistinctBy(t => t.Name).Count() != tensors.Count)
                return;
            SafetensorsFile file = Safetensors.Parse(Written(tensors, metadata), "x");
            Assert.Equal(metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal), file.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal));
            foreach (SafetensorsTensor expected in tensors)
            {
                SafetensorsTensor actual = file.Tensors.Single(t => t.Name == expected.Name);
                Assert.Equal(expected.Shape, actual.Shape);
                Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
            }
        });
    }

    [Fact]
    public void Parse_OfMutations_IsAClearErrorOrAValidFile()
    {
        byte[] good = Written(
            [SafetensorsTensor.FromFloats("weight", [2, 2], [1, 2, 3, 4]), SafetensorsTensor.FromFloats("bias", [2], [5, 6])],
            new Dictionary<string, string> { ["format"] = "pt" });
        var random = new Random(19970815);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int n = random.Next(1, 4); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                Assert.All(Safetensors.Parse(bytes, "x").Tensors, tensor => Assert.True(tensor.Data.Length <= bytes.Length));
            }
            catch (LstmTorchException error)
            {
                Assert.Equal(ErrorKind.Damaged, error.Kind);
            }
        }
    }

    [Fact]
    public void Read_OfNoFile_IsNotFound() =>
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => Safetensors.Read("/no/such/file")).Kind);

    private static byte[] File(string header, params byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    private static byte[] Written(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
