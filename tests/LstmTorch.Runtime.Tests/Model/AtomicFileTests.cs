using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lstmtorch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WriteText_NewAndOld_LeavesOnlyTheNewText()
    {
        string file = Path.Combine(_folder, "a.txt");
        AtomicFile.WriteText(file, "a long first text");
        AtomicFile.WriteText(file, "ö\n");
        Assert.Equal([0xC3, 0xB6, 0x0A], File.ReadAllBytes(file));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_ThatFailsHalfway_LeavesTheOldFileAndNoOther()
    {
        string file = Path.Combine(_folder, "a.txt");
        AtomicFile.WriteText(file, "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(file, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidDataException();
        }));
        var error = Assert.Throws<LstmTorchException>(() => AtomicFile.Write(file, _ => throw new IOException("No space left on device")));
        Assert.Equal(ErrorKind.CannotWrite, error.Kind);
        Assert.Equal($"{file}: cannot be written: No space left on device", error.Message);
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_ToPlacesThatAreNoFile_NamesThem()
    {
        string below = Path.Combine(_folder, "file", "x");
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        foreach (string path in new[] { _folder, Path.Combine(_folder, "none", "x"), below })
        {
            var error = Assert.Throws<LstmTorchException>(() => AtomicFile.WriteText(path, "x"));
            Assert.Equal(ErrorKind.CannotWrite, error.Kind);
            Assert.StartsWith($"{path}: cannot be written", error.Message, StringComparison.Ordinal);
        }
    }
}
