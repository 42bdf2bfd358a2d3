using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

public sealed class WholeSequencePassTests
{
    /// <summary>The emulated multiprocessor has room for 8 blocks of two warps, that is for four clusters of two.</summary>
    [Theory]
    [InlineData(32, 8, 4)]
    [InlineData(40, 16, 3)]
    [InlineData(200, 8, 25)]
    public void Find_TakesTheFirstPlanThatRunsInOneWave_OrElseTheFirstOfAll(int batch, int rows, int clusters)
    {
        // Too few multiprocessors for the grid tier, whose blocks must all run at once.
        CudaDevice device = EmulatedCuda.Device(new CudaDeviceFacts(9, 0, 1, 232448));
        try
        {
            EmulatedDevice.Set("multiprocessors", 1);

            CudaLaunch launch = WholeSequencePass.Find(device, new CudaShape(batch, 17, Peephole.Full, Exact: true), backward: false)!.Launch;

            Assert.Equal((2, 2 * clusters, rows * clusters), (launch.Cluster, launch.Blocks, launch.Rows));
        }
        finally
        {
            EmulatedDevice.Set("multiprocessors", 132);
        }
    }

    [Fact]
    public void Find_WhereTheDeviceHasNoClustersOfThatSize_TakesAPlanWithoutClusters()
    {
        CudaDevice device = EmulatedCuda.Device(new CudaDeviceFacts(12, 0, 132, 101376));
        try
        {
            EmulatedDevice.Set("largest_cluster", 8);

            int Cluster(int hiddenSize) => WholeSequencePass.Find(device, new CudaShape(4, hiddenSize, Peephole.None, Exact: true), backward: false)!.Launch.Cluster;

            Assert.Equal((8, 0), (Cluster(128), Cluster(256)));
        }
        finally
        {
            EmulatedDevice.Set("largest_cluster", 16);
        }
    }
}
