using CsCheck;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

public class CudaPlanTests
{
    private static readonly CudaDeviceFacts s_h100 = new(9, 0, 132, 232448);
    private static readonly CudaDeviceFacts[] s_devices = [s_h100, new(8, 0, 108, 166912), new(8, 6, 46, 101376), new(12, 0, 24, 101376)];
    private static readonly Peephole s_full = Peephole.Full, s_diagonal = Peephole.Diagonal;

    [Fact]
    public void Candidates_DiagonalOf256_IsOneClusterForEightRows()
    {
        CudaPlan plan = First(64, 256, s_diagonal);

        Assert.Equal(CudaTier.Cluster, plan.Tier);

        // 8 groups of 16 members. Forward: h in 2 slots of 16 members' 128 words, and 2 buffers of 4 warps' sums of 4 gates, 512 bytes a tile.
        Assert.Equal((128, 128, 16, 64, 0L), (plan.Forward.Blocks, plan.Forward.Threads, plan.Forward.Cluster, plan.Forward.Rows, plan.Forward.ExchangeWords));
        Assert.Equal((2 * 16 * 128 * 4) + (2 * 4 * 4 * 512), plan.Forward.SharedBytes);

        // Backward: the partial sums of dh in 2 slots, 4 warps' sums, and da of 4 gates.
        Assert.Equal((2 * 16 * 128 * 4) + (4 * 512) + (4 * 128 * 4), plan.Backward.SharedBytes);
        Assert.Equal(32, Define(plan.Forward, "H_REGISTERS"));
        Assert.Equal(0, Define(plan.Forward, "STREAMS"));
    }

    [Fact]
    public void Candidates_FullOf256_OffersGroupsOf16RowsBesideThoseOf8()
    {
        // Eight clusters of 16 blocks do not run at once on a card that has seven places for them: four of twice the rows do.
        int[] rows = [.. CudaPlan.Candidates(s_h100, new CudaShape(64, 256, s_full, Exact: false)).Where(plan => plan.Tier == CudaTier.Cluster).Select(plan => Define(plan.Forward, "ROWS"))];

        Assert.Equal([8, 16, 24, 32], rows);
    }

    [Fact]
    public void Candidates_DiagonalOf512_IsAGridOf16Rows()
    {
        CudaPlan plan = First(64, 512, s_diagonal);

        // 8 rows would take 8 · 32 blocks, more than there are multiprocessors; 16 take 128.
        Assert.Equal(CudaTier.Grid, plan.Tier);
        Assert.Equal((128, 256, 0, 64), (plan.Forward.Blocks, plan.Forward.Threads, plan.Forward.Cluster, plan.Forward.Rows));
        Assert.Equal(2L * 128 * 256, plan.Forward.ExchangeWords);
        Assert.Equal(2L * 128 * 32 * 256, plan.Backward.ExchangeWords);
        Assert.Equal((32, 0), (Define(plan.Backward, "H_REGISTERS"), Define(plan.Backward, "STREAMS")));
    }

    [Fact]
    public void Candidates_FullOf1024_SplitsAndStreams()
    {
        CudaPlan plan = First(64, 1024, s_full);

        Assert.Equal((128, 64), (plan.Forward.Blocks, plan.Forward.Rows));
        Assert.Equal(4, Define(plan.Backward, "SPLIT"));

        // 64 members of 64 tiles of 256 threads with 16 bytes each: all weights, of which only what fits nowhere is read in every step.
        Assert.Equal((64L * 64 * 256 * 16, 64L * 64 * 256 * 16), plan.Forward.PackedBytes);
        Assert.Equal("pack_forward", plan.Forward.Pack!.Function);

        // Two vectors, two slots, 128 blocks, a sixteenth of the senders; and da of 4 gates in two slots.
        Assert.Equal((4L * 128 * 16 * 512) + (2L * 128 * 4 * 512), plan.Backward.ExchangeWords);
    }

    [Fact]
    public void Candidates_LargeBatch_IsCutIntoLaunches()
    {
        CudaPlan plan = First(200, 1024, s_diagonal);

        Assert.Equal((128, 64), (plan.Forward.Blocks, plan.Forward.Rows));
    }

    [Theory]
    [InlineData(7, 5, 64)]
    [InlineData(9, 0, 1025)]
    public void Candidates_OldDeviceOrWideLayer_AreNone(int major, int minor, int hidden) =>
        Assert.Empty(CudaPlan.Candidates(s_h100 with { Major = major, Minor = minor }, new CudaShape(32, hidden, s_full, Exact: true)));

    [Fact]
    public void Candidates_DeviceWithoutClusters_AreGrids() =>
        Assert.All(CudaPlan.Candidates(new CudaDeviceFacts(8, 0, 108, 166912), new CudaShape(32, 50, s_full, Exact: true)), plan => Assert.Equal(CudaTier.Grid, plan.Tier));

    [Fact]
    public void Candidates_AnyShape_FitTheDevice() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 1024], Gen.Int[0, 15], Gen.Bool, Gen.Bool, Gen.Int[0, s_devices.Length - 1])
            .Sample((batch, hidden, connections, isFull, exact, device) =>
            {
                CudaDeviceFacts facts = s_devices[device];
                var peephole = new Peephole(isFull ? PeepholeKind.Full : PeepholeKind.Diagonal, (PeepholeConnections)connections);
                foreach (CudaPlan plan in CudaPlan.Candidates(facts, new CudaShape(batch, hidden, peephole, exact)))
                {
                    foreach (CudaLaunch launch in new[] { plan.Forward, plan.Backward })
                    {
                        int units = Define(launch, "UNITS"), rows = Define(launch, "ROWS"), warps = Define(launch, "WARPS"), members = units / 16;
                        Assert.True(units >= hidden && units % (16 * warps) == 0 && rows % 8 == 0 && launch.Threads == 32 * warps);
                        Assert.InRange(launch.SharedBytes, 1, facts.SharedBytesPerBlock);
                        Assert.Equal(launch.Blocks / members * rows, launch.Rows);
                        if (plan.Tier == CudaTier.Grid)
                            Assert.InRange(launch.Blocks, members, facts.Multiprocessors);
                        else
                            Assert.True(launch.Cluster == members && members <= 16 && launch.Rows >= batch);

                        // Register file: 255 a thread, of which weights get at most half.
                        Assert.InRange(Define(launch, "H_REGISTERS") + Define(launch, "C_REGISTERS"), 0, 32);
                        Assert.Equal(launch.Pack is not null, Define(launch, "STREAMS") == 1);
                    }
                }
            });

    private static CudaPlan First(int batch, int hidden, Peephole peephole) =>
        CudaPlan.Candidates(s_h100, new CudaShape(batch, hidden, peephole, Exact: false))[0];

    private static int Define(CudaLaunch launch, string name) =>
        int.Parse(launch.Defines.Single(define => define.StartsWith($"-D{name}=", StringComparison.Ordinal))[(name.Length + 3)..], System.Globalization.CultureInfo.InvariantCulture);
}
