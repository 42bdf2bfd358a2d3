using LstmTorch.Persistence;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void Save_ManyTimes_KeepsTheTwoNewest()
    {
        using var temporary = new TemporaryFolder();
        var folder = new CheckpointFolder(temporary.File("checkpoints"));
        foreach (long step in new long[] { 3, 20, 1_000_000_000, 2_000_000_000 })
            Save(folder, step);
        Assert.Equal(["step-1000000000.safetensors", "step-2000000000.safetensors"], Names(folder));
    }

    [Fact]
    public void Save_BelowADamagedNewerOne_RemovesThatAndKeepsTheGoodOne()
    {
        using var temporary = new TemporaryFolder();
        var folder = new CheckpointFolder(temporary.File("checkpoints"));
        Save(folder, 10);
        Save(folder, 20);
        File.WriteAllText(Path.Combine(folder.Path, "step-000000020.safetensors"), "damaged");
        Save(folder, 15);
        Assert.Equal(["step-000000010.safetensors", "step-000000015.safetensors"], Names(folder));
    }

    [Fact]
    public void RestoreNewest_WithADamagedNewest_NamesBothAndUsesTheOneBefore()
    {
        using var temporary = new TemporaryFolder();
        var folder = new CheckpointFolder(temporary.File("checkpoints"));
        Save(folder, 10);
        Save(folder, 20);
        File.WriteAllText(Path.Combine(folder.Path, "step-000000020.safetensors"), "damaged");
        using var read = new SmallState();
        var notices = new List<string>();
        folder.RestoreNewest(read.State, notices.Add);

        Assert.Equal(10, read.State.Counters.Step);
        string notice = Assert.Single(notices);
        Assert.Contains("step-000000020", notice, StringComparison.Ordinal);
        Assert.Contains("step-000000010.safetensors is used", notice, StringComparison.Ordinal);
    }

    [Fact]
    public void RestoreNewest_WithNoneWhole_IsDamagedAndNamesTheNewest()
    {
        using var temporary = new TemporaryFolder();
        var folder = new CheckpointFolder(temporary.File("checkpoints"));
        Directory.CreateDirectory(folder.Path);
        foreach (int step in new[] { 10, 20 })
            File.WriteAllText(Path.Combine(folder.Path, $"step-{step:D9}.safetensors"), "damaged");
        using var read = new SmallState();
        var error = Assert.Throws<LstmTorchException>(() => folder.RestoreNewest(read.State, null));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.Contains("step-000000020", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_WhenAnyOneWriteFlushOrRenameFails_LeavesTheGoodCheckpointsAndNothingElse()
    {
        int operations = CountOperations();
        for (int failing = 1; failing <= operations; failing++)
        {
            using var temporary = new TemporaryFolder();
            var folder = new CheckpointFolder(temporary.File("checkpoints"));
            Save(folder, 10);
            Save(folder, 20);
            using (new FailingDisk(operation => operation == failing))
            {
                var error = Assert.Throws<LstmTorchException>(() => Save(folder, 30));
                Assert.Equal(ErrorKind.CannotWrite, error.Kind);
                Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            }

            Assert.Equal(["step-000000010.safetensors", "step-000000020.safetensors"], Names(folder));
            using var read = new SmallState();
            folder.RestoreNewest(read.State, notice => Assert.Fail(notice));
            Assert.Equal(20, read.State.Counters.Step);
        }
    }

    private static int CountOperations()
    {
        using var temporary = new TemporaryFolder();
        using var disk = new FailingDisk(_ => false);
        Save(new CheckpointFolder(temporary.File("checkpoints")), 1);

        // Length, header and 5 times 9 tensors are written, then flushed and renamed.
        Assert.Equal(2 + (5 * 9) + 2, disk.Operations);
        return disk.Operations;
    }

    private static void Save(CheckpointFolder folder, long step)
    {
        using var small = new SmallState(step);
        folder.Save(small.State);
    }

    private static IEnumerable<string?> Names(CheckpointFolder folder) =>
        Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
