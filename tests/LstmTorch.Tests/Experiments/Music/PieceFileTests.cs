using System.IO.Compression;
using System.Text;
using LstmTorch.Experiments.Music;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class PieceFileTests : IDisposable
{
    private const string Good = """{"train": [[[21, 108], []], [[60], [60, 60], [62]]], "valid": [[[22], [23]]], "test": [[[24], [25]]], "source": "by hand"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_PlainOrPacked_GivesKeysOfEachFrame(bool packed)
    {
        string path = _folder.Write("pieces", Good);
        if (packed)
        {
            using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            gzip.Write(Encoding.UTF8.GetBytes(Good));
        }

        PieceSet pieces = PieceFile.Read(path);

        Assert.Equal([2, 3], pieces.Train.Select(piece => piece.Length));
        Assert.Equal([0, 87], pieces.Train[0][0]);
        Assert.Empty(pieces.Train[0][1]);
        Assert.Equal([39], pieces.Train[1][1]);
        Assert.Equal([2], Assert.Single(pieces.Validation)[1]);
        Assert.Equal([3], Assert.Single(pieces.Test)[0]);
        Assert.Equal(3, PieceSet.PredictedFrames(pieces.Train));
    }

    [Theory]
    [InlineData("""[[60], [61]]""", "this is JSON, but a file of pieces is")]
    [InlineData("""{"train": [[[60], [61]]], "valid": [[[60], [61]]]}""", "there is no \"test\"")]
    [InlineData("""{"train": [], "valid": [], "test": []}""", "\"train\" holds no piece")]
    [InlineData("""{"train": {"a": 1}, "valid": [], "test": []}""", "\"train\": an object is no list")]
    [InlineData("""{"train": [[[60], [61]], [[60]]]}""", "\"train\", piece 2 has 1 frames")]
    [InlineData("""{"train": [[[60], 61]]}""", "\"train\", piece 1, frame 2: 61 is no list")]
    [InlineData("""{"train": [[[60], ["C4"]]]}""", "\"train\", piece 1, frame 2: \"C4\" is no MIDI number")]
    [InlineData("""{"train": [[[60.5], [60]]]}""", "\"train\", piece 1, frame 1: 60.5 is no MIDI number")]
    [InlineData("""{"train": [[[60], [60]]], "valid": [[[60], [60]], [[60], [20]]]}""", "\"valid\", piece 2, frame 2: note 20 is none of a piano's")]
    [InlineData("""{"train": [[[60], [109]]]}""", "MIDI numbers are from 21 to 108")]
    [InlineData("""a,b""", "this is not JSON")]
    [InlineData("", "this is not JSON")]
    public void Read_OtherContent_SaysWhatAndWhere(string content, string message)
    {
        string path = _folder.Write("pieces.json", content);
        var error = Assert.Throws<LstmTorchException>(() => PieceFile.Read(path));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamagedGzip_IsBadData()
    {
        string path = _folder.Write("pieces.json.gz", string.Empty);
        File.WriteAllBytes(path, [0x1f, 0x8b, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
        var error = Assert.Throws<LstmTorchException>(() => PieceFile.Read(path));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("gzip", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFileOrAFolder_IsNotFound()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => PieceFile.Read(Path.Combine(Path.GetTempPath(), "no such file"))).Kind);
        Assert.Contains("this is a folder", Assert.Throws<LstmTorchException>(() => PieceFile.Read(Path.GetTempPath())).Message, StringComparison.Ordinal);
    }
}
