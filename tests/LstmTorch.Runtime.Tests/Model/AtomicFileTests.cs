using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Text;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class AtomicFileTests
{
    [Fact]
    public void Write_NewFile_HoldsTheContentAndNothingElseIsLeft()
    {
        using var folder = new TemporaryFolder();
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i % 251))];

        AtomicFile.Write(folder.File("a.bin"), stream =>
        {
            stream.Write(content.AsSpan(0, 100_000));
            stream.Write(content.AsSpan(100_000));
        });

        Assert.Equal(content, File.ReadAllBytes(folder.File("a.bin")));
        Assert.Equal(["a.bin"], folder.Entries);
    }

    [Fact]
    public void Write_OverALongerFile_LeavesNothingOfIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.txt"), new string('x', 10_000));

        AtomicFile.Write(folder.File("a.txt"), stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(folder.File("a.txt")));
        Assert.Equal(["a.txt"], folder.Entries);
    }

    [Fact]
    public void Write_OntoALink_ReplacesTheLinkAndNotWhatItPointsTo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        File.WriteAllText(elsewhere.File("mine"), "mine");
        File.CreateSymbolicLink(folder.File("a.txt"), elsewhere.File("mine"));

        AtomicFile.WriteText(folder.File("a.txt"), "new");

        Assert.Equal("mine", File.ReadAllText(elsewhere.File("mine")));
        Assert.Equal("new", File.ReadAllText(folder.File("a.txt")));
        Assert.Null(new FileInfo(folder.File("a.txt")).LinkTarget);
    }

    [Fact]
    public void Write_WhileItIsUnderWay_ShowsTheOldFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.txt"), "old");

        AtomicFile.Write(folder.File("a.txt"), stream =>
        {
            stream.Write(new byte[100_000]);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder.File("a.txt")));
            // In the same folder, because only a rename within one file system is atomic.
            string temporary = Assert.Single(folder.Entries, entry => entry != "a.txt");
            Assert.StartsWith(".a.txt.", temporary, StringComparison.Ordinal);
            Assert.EndsWith(".tmp", temporary, StringComparison.Ordinal);
        });

        Assert.Equal(100_000, new FileInfo(folder.File("a.txt")).Length);
    }

    [Fact]
    public void Write_ReaderOfTheOldFile_GoesOnReadingIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not rename over an open file");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.txt"), "old");
        using var reader = new StreamReader(folder.File("a.txt"));

        AtomicFile.Write(folder.File("a.txt"), stream => stream.Write("new"u8));

        Assert.Equal("old", reader.ReadToEnd());
    }

    [Fact]
    public void Write_RelativePath_IsRelativeToTheCurrentFolder()
    {
        using var folder = new TemporaryFolder();
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.File("a.txt"));

        AtomicFile.WriteText(relative, "text");

        Assert.Equal("text", File.ReadAllText(folder.File("a.txt")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_CallbackThrows_PassesItOnAndKeepsTheOldFile(bool exists)
    {
        using var folder = new TemporaryFolder();
        if (exists)
            File.WriteAllText(folder.File("a.txt"), "old");
        var thrown = new InvalidOperationException("stop");

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a.txt"), stream =>
        {
            stream.Write(new byte[100_000]);
            throw thrown;
        })));

        AssertAsBefore(folder, exists);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_CallbackFailsToWrite_IsCannotWriteAndKeepsTheOldFile(bool exists)
    {
        using var folder = new TemporaryFolder();
        if (exists)
            File.WriteAllText(folder.File("a.txt"), "old");

        string message = Refusal.Of(ErrorKind.CannotWrite, folder.File("a.txt"), () => AtomicFile.Write(folder.File("a.txt"), stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));

        Assert.Contains("No space left on device", message, StringComparison.Ordinal);
        AssertAsBefore(folder, exists);
    }

    [Fact]
    public void Write_OntoAFolder_IsCannotWriteAndNeverCallsBack()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("sub"));

        Assert.Contains("it is a folder", CannotWrite(folder.File("sub")), StringComparison.Ordinal);
        Assert.Equal(["sub"], folder.Entries);
    }

    [Fact]
    public void Write_IntoAMissingFolder_IsCannotWriteThatNamesTheFolder()
    {
        using var folder = new TemporaryFolder();

        Assert.EndsWith($"there is no folder {folder.File("absent")}", CannotWrite(Path.Combine(folder.File("absent"), "a.txt")), StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void Write_BelowAFile_IsCannotWriteThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "old");

        Assert.EndsWith($"there is no folder {folder.File("file")}", CannotWrite(Path.Combine(folder.File("file"), "a.txt")), StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder.File("file")));
    }

    /// <summary>The temporary file is nobody's business.</summary>
    [Fact]
    public void Write_NameThatIsTooLong_IsCannotWriteThatNamesTheFileAlone()
    {
        using var folder = new TemporaryFolder();

        Assert.DoesNotContain(".tmp", CannotWrite(folder.File(new string('a', 300))), StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Write_FolderWithoutPermission_IsCannotWrite()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "the administrator may write everywhere");
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            CannotWrite(folder.File("a.txt"));
        }
        finally
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Write_IntoAPipe_WritesThrough()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs the paths of Linux's /dev/fd");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        string path = $"/dev/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";

        AtomicFile.WriteText(path, "text");

        byte[] read = new byte[4];
        await pipe.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        Assert.Equal("text"u8, read);
    }

    [Fact]
    public void Write_NoSpaceOnTheDevice_IsCannotWrite()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "needs Linux's /dev/full");
        // Through a descriptor's path: whatever the code does, it cannot replace the device itself.
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        string path = $"/dev/fd/{full.SafeFileHandle.DangerousGetHandle()}";

        Assert.Contains(
            "No space left on device",
            Refusal.Of(ErrorKind.CannotWrite, path, () => AtomicFile.Write(path, stream => stream.Write(new byte[100_000]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void WriteText_AnyText_IsUtf8WithoutByteOrderMark()
    {
        using var folder = new TemporaryFolder();

        AtomicFile.WriteText(folder.File("a.txt"), "é\n中😀");

        Assert.Equal([0xc3, 0xa9, 0x0a, .. Encoding.UTF8.GetBytes("中😀")], File.ReadAllBytes(folder.File("a.txt")));
    }

    private static string CannotWrite(string path) =>
        Refusal.Of(ErrorKind.CannotWrite, path, () => AtomicFile.Write(path, _ => Assert.Fail("nothing can be written")));

    private static void AssertAsBefore(TemporaryFolder folder, bool exists)
    {
        Assert.Equal(exists ? ["a.txt"] : [], folder.Entries);
        if (exists)
            Assert.Equal("old", File.ReadAllText(folder.File("a.txt")));
    }
}
