using System.IO.Pipes;
using LstmTorch.Runtime.Model;
using Xunit;
using static LstmTorch.Runtime.Tests.Model.SafetensorsBytes;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>
/// The rules about the file as a whole. The cases are those of the reference's own tests (huggingface/safetensors,
/// tensor.rs and attacks/), the bytes made here.
/// </summary>
public class SafetensorsTests
{
    private const string OneTensor = """{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""";
    private static readonly byte[] s_sixFloats = new byte[24];

    [Fact]
    public void Parse_NoTensors_IsAnEmptyFile()
    {
        SafetensorsFile file = Safetensors.Parse((byte[])[8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8], Where);

        Assert.Empty(file.Tensors);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void Parse_OnlyMetadata_GivesItsStrings()
    {
        byte[] bytes = Of("""{"__metadata__":{"framework":"pytorch"}}""");
        Assert.Equal(40, bytes[0]);

        SafetensorsFile file = Safetensors.Parse(bytes, Where);

        Assert.Empty(file.Tensors);
        Assert.Equal("pytorch", Assert.Single(file.Metadata, entry => entry.Key == "framework").Value);
    }

    [Fact]
    public void Parse_OneTensor_GivesNameTypeShapeAndNumbers()
    {
        byte[] bytes = Of(OneTensor, [0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x80, 0x7f, 1, 0, 0, 0, 0, 0, 0xc0, 0x7f]);
        Assert.Equal(64, bytes[0]);

        SafetensorsTensor tensor = Assert.Single(Safetensors.Parse(bytes, Where).Tensors);

        Assert.Equal("attn.0", tensor.Name);
        Assert.Equal(SafetensorsType.F32, tensor.Type);
        Assert.Equal([1, 2, 3], tensor.Shape);
        Assert.Equal([0f, 1f, -2f, float.PositiveInfinity, float.Epsilon, float.NaN], tensor.Floats.ToArray());
    }

    [Fact]
    public void Parse_HeaderPaddedToEightBytes_IsRead()
    {
        byte[] bytes = Of("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """, s_sixFloats);
        Assert.Equal(72, bytes[0]);

        Assert.Equal([1, 1, 2, 3], Assert.Single(Safetensors.Parse(bytes, Where).Tensors).Shape);
    }

    [Fact]
    public void Parse_TensorsInAnyOrderOfNames_AreCutWhereTheirOffsetsSay()
    {
        SafetensorsFile file = Parse(
            """{"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},"a":{"data_offsets":[0,4],"shape":[2],"dtype":"I16"},"c":{"dtype":"BOOL","shape":[],"data_offsets":[6,7]}}""",
            10, 11, 12, 13, 14, 15, 16);

        Assert.Equal(["a", "b", "c"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([10, 11, 12, 13], file.Tensors[0].Data.ToArray());
        Assert.Equal([14, 15], file.Tensors[1].Data.ToArray());
        Assert.Equal([16], file.Tensors[2].Data.ToArray());
        Assert.Empty(file.Tensors[2].Shape);
    }

    [Theory]
    [InlineData("BOOL", 1)]
    [InlineData("U8", 1)]
    [InlineData("I8", 1)]
    [InlineData("F8_E5M2", 1)]
    [InlineData("F8_E4M3", 1)]
    [InlineData("I16", 2)]
    [InlineData("U16", 2)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("I32", 4)]
    [InlineData("U32", 4)]
    [InlineData("F32", 4)]
    [InlineData("F64", 8)]
    [InlineData("I64", 8)]
    [InlineData("U64", 8)]
    public void Parse_EachType_TakesTheBytesOfItsNumbers(string type, int size)
    {
        Assert.Equal(type, Assert.Single(Parse(Header(3 * size), new byte[3 * size]).Tensors).Type.ToString());
        Assert.Contains($"its shape needs {3 * size}", Refused(Header((3 * size) + 1), new byte[(3 * size) + 1]), StringComparison.Ordinal);

        string Header(int end) => $$$"""{"x":{"dtype":"{{{type}}}","shape":[3],"data_offsets":[0,{{{end}}}]}}""";
    }

    [Fact]
    public void Parse_TensorsWithoutNumbers_AreKept()
    {
        SafetensorsFile file = Parse(
            """{"x":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]},"y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"z":{"dtype":"F32","shape":[0],"data_offsets":[1,1]}}""",
            7);

        Assert.Equal(["x", "y", "z"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 0], file.Tensors[0].Shape);
        Assert.True(file.Tensors[0].Data.IsEmpty);
        Assert.Equal([7], file.Tensors[1].Data.ToArray());
    }

    [Fact]
    public void Parse_DataAfterTheLastTensor_IsRefused() =>
        Assert.Contains("the tensors end after 24 bytes of data, the file after 25", Refused(OneTensor, new byte[25]), StringComparison.Ordinal);

    [Fact]
    public void Parse_DataWithoutTensors_IsRefused() => Refused("{}", 0);

    [Theory]
    [InlineData(23)]
    [InlineData(22)]
    [InlineData(0)]
    public void Parse_DataMissing_IsRefused(int bytes) => Assert.Contains("attn.0", Refused(OneTensor, new byte[bytes]), StringComparison.Ordinal);

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        byte[] whole = Of(OneTensor, s_sixFloats);
        for (int length = 0; length < whole.Length; length++)
            Refused(whole[..length]);
    }

    [Fact]
    public void Parse_TensorsThatShareBytes_AreRefused()
    {
        // json_attack: ten names for the same sixteen bytes.
        string header = string.Join(",", Enumerable.Range(0, 10).Select(i => $$"""
            "weight_{{i}}":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}
            """));

        Assert.Contains("overlaps", Refused("{" + header + "}", new byte[16]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 5, 6)] // a gap before the first
    [InlineData(0, 5, 5)] // longer than its shape
    [InlineData(0, 3, 3)] // shorter than its shape
    [InlineData(4, 0, 4)] // backwards
    [InlineData(0, 4, 5)] // a gap after the last
    public void Parse_TensorThatDoesNotFillItsPlace_IsRefused(int begin, int end, int bytes) =>
        Refused($$$"""{"x":{"dtype":"F32","shape":[1],"data_offsets":[{{{begin}}},{{{end}}}]}}""", new byte[bytes]);

    [Fact]
    public void Parse_TensorThatEndsBeforeItBeginsWithAShapeToMatch_IsRefused() =>
        // 0 - 4 and the size of the shape are both 2^64 - 4.
        Assert.Contains("[4, 0)", Refused(
            """{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[4611686018427387903],"data_offsets":[4,0]}}""", 1, 2, 3, 4), StringComparison.Ordinal);

    [Fact]
    public void Parse_GapBetweenTensors_IsRefused() => Refused(
        """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 1, 2, 3);

    [Fact]
    public void Parse_PartialOverlap_IsRefused() => Refused(
        """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 1, 2, 3);

    [Theory]
    [InlineData("[2,2]", 4)]
    [InlineData("[2,18446744073709551614]", 16)]
    [InlineData("[2,9223372036854775807]", 16)]
    [InlineData("[4611686018427387905]", 4)] // times four bytes is 4 modulo 2^64
    [InlineData("[4294967296,4294967296]", 0)] // 0 modulo 2^64
    public void Parse_ShapeThatNeedsOtherBytes_IsRefused(string shape, int bytes) =>
        Refused($$$"""{"x":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,{{{bytes}}}]}}""", new byte[bytes]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Parse_FewerThanEightBytes_IsRefused(int bytes) =>
        Assert.Contains($"{bytes} bytes are too few", Refused(new byte[bytes]), StringComparison.Ordinal);

    [Fact]
    public void Parse_OnlyALength_IsRefused() => Refused([60, 0, 0, 0, 0, 0, 0, 0]);

    [Theory]
    [InlineData(100_000_001, "the limit is 100000000")]
    [InlineData(0xffff_ff00_0000_003c, "the limit is 100000000")]
    [InlineData(ulong.MaxValue, "the limit is 100000000")]
    [InlineData(100_000_000, "the file has only 96")]
    [InlineData(1000, "the file has only 96")]
    [InlineData(89, "the file has only 96")]
    [InlineData(65, "")] // one byte of the data counts as header
    [InlineData(63, "")] // the last brace counts as data
    [InlineData(0, "")]
    public void Parse_WrongHeaderLength_IsRefused(ulong claimed, string expected) =>
        Assert.Contains(expected, Refused(Of(OneTensor, s_sixFloats, claimed)), StringComparison.Ordinal);

    [Fact]
    public void Parse_HugeClaims_AllocateLittle()
    {
        byte[][] files =
        [
            Of(OneTensor, s_sixFloats, claimed: 100_000_000),
            Of("""{"x":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}"""),
        ];
        foreach (byte[] file in files)
        {
            Refused(file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Refused(file);
            // A refusal costs an exception and its text, some kilobytes; the claims are 10^8 bytes and more.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
    }

    [Fact]
    public void Read_WholeFile_IsTheSameAsParse()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(Where);
        File.WriteAllBytes(path, Of(OneTensor, [.. Enumerable.Range(0, 24).Select(i => (byte)i)]));

        SafetensorsTensor tensor = Assert.Single(Safetensors.Read(path).Tensors);

        Assert.Equal("attn.0", tensor.Name);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), tensor.Data.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(95)]
    public void Read_TruncatedFile_IsRefused(int bytes)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(Where);
        File.WriteAllBytes(path, Of(OneTensor, s_sixFloats)[..bytes]);

        Refusal.Of(ErrorKind.Damaged, path, () => Safetensors.Read(path));
    }

    [Fact]
    public void Read_HugeFileThatTheHeaderDoesNotFill_IsRefusedBeforeItTakesMemory()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(Where);
        using (FileStream file = File.Create(path))
        {
            // A file with a hole, which takes no room on the disk.
            file.Write(Of(OneTensor, s_sixFloats));
            file.SetLength(1 << 30);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Of(ErrorKind.Damaged, path, () => Safetensors.Read(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_NoFile_IsNotFound()
    {
        using var folder = new TemporaryFolder();

        Refusal.Of(ErrorKind.NotFound, folder.File(Where), () => Safetensors.Read(folder.File(Where)));
    }

    [Fact]
    public void Read_Folder_IsNotFound()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("it is a folder", Refusal.Of(ErrorKind.NotFound, folder.Path, () => Safetensors.Read(folder.Path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void Read_Device_IsRefused(string device)
    {
        Assert.SkipUnless(File.Exists(device), $"there is no {device}");

        Refusal.Of(ErrorKind.Damaged, device, () => Safetensors.Read(device));
    }

    [Fact]
    public void Read_Pipe_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs the paths of Linux's /proc");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        string path = $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}";

        Assert.Contains("it is a pipe", Refusal.Of(ErrorKind.NotFound, path, () => Safetensors.Read(path)), StringComparison.Ordinal);
    }
}
