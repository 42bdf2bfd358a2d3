using LstmTorch.Persistence;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public sealed class RunDirectoryTests
{
    [Fact]
    public void Prepare_WhileAnotherTrainingIsHere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var directory = new RunDirectory(folder.File("run"));
        using (directory.Prepare(resume: false, overwrite: false))
        {
            var error = Assert.Throws<LstmTorchException>(() => directory.Prepare(resume: false, overwrite: true));
            Assert.Equal(ErrorKind.CannotWrite, error.Kind);
            Assert.Contains($"{directory.Path}: another training is under way here", error.Message, StringComparison.Ordinal);
        }

        directory.Prepare(resume: false, overwrite: false).Dispose();
    }

    [Fact]
    public void Prepare_WithTheLockOfAProcessThatIsGone_GoesOn()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(RunLock.FileName), "");
        new RunDirectory(folder.Path).Prepare(resume: false, overwrite: false).Dispose();
    }

    [Fact]
    public void Prepare_AfterAKilledTraining_RemovesItsTemporaryFilesAndNoOther()
    {
        using var folder = new TemporaryFolder();
        var directory = new RunDirectory(folder.Path);
        Directory.CreateDirectory(directory.Checkpoints.Path);
        File.WriteAllText(directory.Config, "{}");
        string[] left = [folder.File($".config.json.{Guid.NewGuid():N}.tmp"), Path.Combine(directory.Checkpoints.Path, $".step-1.safetensors.{Guid.NewGuid():N}.tmp")];
        string[] others = [folder.File(".notes.tmp"), folder.File("notes.tmp"), folder.File($".a.{Guid.NewGuid():N}.csv")];
        foreach (string file in left.Concat(others))
            File.WriteAllText(file, "x");

        directory.Prepare(resume: true, overwrite: false).Dispose();
        Assert.All(left, file => Assert.False(File.Exists(file), file));
        Assert.All(others, file => Assert.True(File.Exists(file), file));
    }

    [Fact]
    public void Prepare_AFolderWithOtherFiles_IsRefusedAndLeftAsItIs()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("thesis.tex"), "x");
        var error = Assert.Throws<LstmTorchException>(() => new RunDirectory(folder.Path).Prepare(resume: false, overwrite: true));
        Assert.Equal(ErrorKind.CannotWrite, error.Kind);
        Assert.Equal([folder.File("thesis.tex")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Prepare_WithALockThatIsALink_IsRefusedAndTouchesNothingElse()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File(RunLock.FileName), elsewhere.File("made"));
        var error = Assert.Throws<LstmTorchException>(() => new RunDirectory(folder.Path).Prepare(resume: false, overwrite: false));
        Assert.Equal(ErrorKind.CannotWrite, error.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    [Fact]
    public void Clear_FoldersThatAreLinks_RemovesTheLinksAndNotWhatTheyPointTo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        var directory = new RunDirectory(folder.Path);
        File.WriteAllText(elsewhere.File("mine"), "x");
        Directory.CreateSymbolicLink(directory.Plots, elsewhere.Path);
        File.CreateSymbolicLink(directory.Model, elsewhere.File("mine"));
        directory.Clear();

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Equal("x", File.ReadAllText(elsewhere.File("mine")));
    }
}
