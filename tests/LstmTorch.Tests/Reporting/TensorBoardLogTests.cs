using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using LstmTorch.Runtime;
using Tensorboard;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public sealed class TensorBoardLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lstmtorch-tensorboard-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_TwoEpochs_LeavesOneFileWithTheirNumbers()
    {
        var log = new TensorBoardLog(_directory);
        log.Write(new EpochResult(1, 0.5, 0.25, 1e-3, 2, 9));
        log.Write(new EpochResult(2, 0.125, double.NaN, 1e-3, double.PositiveInfinity, 9));

        string file = Assert.Single(Directory.GetFileSystemEntries(_directory));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(file), StringComparison.Ordinal);
        List<Event> events = Read(file);
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(
            [
                (1, "loss/train", 0.5f), (1, "loss/validation", 0.25f), (1, "learning_rate", 1e-3f), (1, "gradient_norm", 2),
                (2, "loss/train", 0.125f), (2, "learning_rate", 1e-3f),
            ],
            events.Skip(1).Select(entry => (entry.Step, entry.Summary.Value[0].Tag, entry.Summary.Value[0].SimpleValue)));

        // TensorBoard reads seconds since 1970; a day is enough to tell them from ticks, which TorchSharp writes into
        // the first event, the one without numbers.
        double now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.All(events.Skip(1), entry => Assert.InRange(entry.WallTime, now - 86400, now + 86400));
    }

    [Fact]
    public void Write_NothingStaysOpen_SoTheFileCanBeMovedAway()
    {
        var log = new TensorBoardLog(_directory);
        log.Write(new EpochResult(1, 0.5, 0.25, 1e-3, 2, 9));
        using FileStream alone = File.Open(
            Assert.Single(Directory.GetFiles(_directory)), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.True(alone.Length > 0);
    }

    [Fact]
    public void Constructor_AFileWhereTheFolderShouldBe_SaysWhere()
    {
        string path = Path.Combine(_directory, "occupied");
        File.WriteAllText(path, "");
        var error = Assert.Throws<LstmTorchException>(() => new TensorBoardLog(path));
        Assert.Equal(ErrorKind.CannotWrite, error.Kind);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    // TFRecord: length (8 bytes), its checksum (4), the event, its checksum (4).
    private static List<Event> Read(string file)
    {
        var events = new List<Event>();
        using var reader = new BinaryReader(File.OpenRead(file));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            int length = (int)reader.ReadInt64();
            reader.ReadUInt32();
            events.Add(Event.Parser.ParseFrom(reader.ReadBytes(length)));
            reader.ReadUInt32();
        }

        return events;
    }
}
