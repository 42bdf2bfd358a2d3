using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public sealed class CheckpointTests
{
    [Fact]
    public void Restore_WhatWasWritten_HasEveryBit()
    {
        using var folder = new TemporaryFolder();
        using var written = new SmallState(step: 7);
        using var read = new SmallState(step: 900);
        Checkpoint.Write(folder.File("a"), written.State);
        Checkpoint.Restore(folder.File("a"), read.State);

        Assert.Equal(written.Values, read.Values);
        Assert.Equal(7, read.State.Optimizer.Steps);
        TrainingCounters expected = written.State.Counters, counters = read.State.Counters;
        Assert.Equal(expected with { History = [] }, counters with { History = [] });
        Assert.Equal(expected.History, counters.History);
    }

    [Fact]
    public void Restore_AfterSkippedBatches_SetsTheStepsThatAdamTook()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState(step: 7);
        small.State.Counters = small.State.Counters with { Skipped = 3 };
        Checkpoint.Write(folder.File("a"), small.State);
        Checkpoint.Restore(folder.File("a"), small.State);
        Assert.Equal(4, small.State.Optimizer.Steps);
    }

    [Fact]
    public void Restore_CutShortAtAnyByte_IsDamagedAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        byte[] whole = Bytes(folder, small.State);
        Assert.All(Enumerable.Range(0, whole.Length), length => AssertDamaged(folder, whole[..length], small));
    }

    [Fact]
    public void Verify_WithAnyBitFlipped_IsDamaged()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        byte[] bytes = Bytes(folder, small.State);
        var undetected = new List<string>();
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Checkpoint.Verify(bytes, "flipped");
                undetected.Add($"byte {bit / 8}, bit {bit % 8}");
            }
            catch (LstmTorchException error)
            {
                Assert.Equal(ErrorKind.Damaged, error.Kind);
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Empty(undetected);
        Checkpoint.Verify(bytes, "whole");
    }

    [Fact]
    public void Restore_OfAnotherNetwork_IsDamagedAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        using var other = new SmallState(hiddenSize: 2);
        AssertDamaged(folder, Bytes(folder, other.State), small);
    }

    [Theory]
    [InlineData(-1, 1, 1)]
    [InlineData(7, 2, 1)]
    [InlineData(7, 1, 2)]
    public void Restore_CountersThatNoTrainingHas_AreDamaged(long step, int epoch, int bestEpoch)
    {
        // With a good hash: whoever makes a file up can hash it too.
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        using var made = new SmallState();
        made.State.Counters = made.State.Counters with { Step = step, Epoch = epoch, BestEpoch = bestEpoch };
        AssertDamaged(folder, Bytes(folder, made.State), small);
    }

    [Fact]
    public void Restore_WithAnotherNumberOfThreads_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        int threads = TorchSharp.torch.get_num_threads();
        var notices = new List<string>();
        try
        {
            TorchSharp.torch.set_num_threads(2);
            Checkpoint.Write(folder.File("a"), small.State);
            Checkpoint.Restore(folder.File("a"), small.State, notices.Add);
            Assert.Empty(notices);
            TorchSharp.torch.set_num_threads(1);
            Checkpoint.Restore(folder.File("a"), small.State, notices.Add);
        }
        finally
        {
            TorchSharp.torch.set_num_threads(threads);
        }

        Assert.Contains("--threads 2", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OnAnotherDevice_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallState();
        SafetensorsFile written = Safetensors.Parse(Bytes(folder, small.State), "a");
        var metadata = new Dictionary<string, string>(written.Metadata) { ["device"] = "cuda" };
        metadata.Remove("sha256");
        using (FileStream file = File.Create(folder.File("a")))
            ContentHash.Write(file, written.Tensors, metadata);

        var notices = new List<string>();
        Checkpoint.Restore(folder.File("a"), small.State, notices.Add);
        Assert.Contains("trained on cuda so far, and now on cpu", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_WhileItIsWrittenAnew_ReadsTheOldOneOrTheNew()
    {
        using var folder = new TemporaryFolder();
        using var first = new SmallState(step: 7);
        using var second = new SmallState(step: 900);
        Checkpoint.Write(folder.File("a"), first.State);
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(
            () =>
            {
                for (int n = 0; !stop.IsCancellationRequested; n++)
                    Checkpoint.Write(folder.File("a"), n % 2 == 0 ? second.State : first.State);
            },
            TestContext.Current.CancellationToken);

        using var read = new SmallState();
        for (int n = 0; n < 200; n++)
        {
            Checkpoint.Restore(folder.File("a"), read.State);
            Assert.Contains(read.Values, new[] { first.Values, second.Values });
        }

        await stop.CancelAsync();
        await writing;
    }

    private static byte[] Bytes(TemporaryFolder folder, TrainingState state)
    {
        Checkpoint.Write(folder.File("whole"), state);
        return File.ReadAllBytes(folder.File("whole"));
    }

    private static void AssertDamaged(TemporaryFolder folder, byte[] file, SmallState into)
    {
        float[] before = into.Values;
        TrainingCounters counters = into.State.Counters;
        File.WriteAllBytes(folder.File("bad"), file);
        var error = Assert.Throws<LstmTorchException>(() => Checkpoint.Restore(folder.File("bad"), into.State));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.StartsWith(folder.File("bad"), error.Message, StringComparison.Ordinal);
        Assert.Equal(before, into.Values);
        Assert.Same(counters, into.State.Counters);
    }
}
