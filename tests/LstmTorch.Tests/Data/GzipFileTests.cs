using System.IO.Compression;
using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class GzipFileTests
{
    private const string Content = "date,a\n2024-01-01,1\n2024-01-02,2\n";

    private static readonly byte[] s_packed = Pack(Content);

    [Fact]
    public void Read_APackedFile_IsReadLikeItsContent()
    {
        TimeSeriesSet set = SeriesReader.Read(new MemoryStream(s_packed), "x.csv.gz", new ReadOptions());
        Assert.Equal([1.0, 2], set.Series[0].Column("a").ToArray());
    }

    [Fact]
    public void Unpack_FilesBehindEachOther_GivesThemBehindEachOther() =>
        Assert.Equal(Content + "2024-01-03,3\n", Text([.. s_packed, .. Pack("2024-01-03,3\n")]));

    [Fact]
    public void Unpack_WhatIsNotPacked_GivesItBack()
    {
        using var plain = new MemoryStream("\u001f,a"u8.ToArray());
        Assert.Same(plain, GzipFile.Unpack(plain, "x.csv"));
        Assert.Equal(0, plain.Position);
    }

    [Fact]
    public void Unpack_CutOffAnywhere_IsBadData()
    {
        for (int length = 2; length < s_packed.Length; length++)
            AssertDamaged(s_packed[..length]);
    }

    [Fact]
    public void Unpack_ABitChanged_IsBadData()
    {
        // The header's bytes before these, its time among them, say nothing of the content.
        for (int n = 10; n < s_packed.Length; n++)
            AssertDamaged([.. s_packed[..n], (byte)(s_packed[n] ^ 0x10), .. s_packed[(n + 1)..]]);
    }

    [Fact]
    public void Unpack_OtherBytesBehindIt_IsBadData() => AssertDamaged([.. s_packed, 1, 2, 3]);

    [Theory]
    [InlineData("/data/sales.csv.gz", "sales")]
    [InlineData("sales.2024.csv.GZ", "sales.2024")]
    [InlineData("sales.csv", "sales")]
    [InlineData("sales.gz", "sales")]
    [InlineData("-", "stdin")]
    public void NameOf_APath_LeavesOutFolderAndExtensions(string path, string expected) => Assert.Equal(expected, SeriesReader.NameOf(path));

    private static void AssertDamaged(byte[] file)
    {
        var error = Assert.Throws<LstmTorchException>(() => GzipFile.Unpack(new MemoryStream(file), "x.csv.gz"));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Equal("x.csv.gz: this gzip file is damaged or cut off; fetch it again", error.Message);
    }

    private static string Text(byte[] file)
    {
        using Stream content = GzipFile.Unpack(new MemoryStream(file), "x.csv.gz");
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static byte[] Pack(string content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(content));
        return packed.ToArray();
    }
}
