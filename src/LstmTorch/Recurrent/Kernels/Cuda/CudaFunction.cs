namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>A kernel that is loaded on a device.</summary>
/// <param name="device">The device.</param>
/// <param name="handle">The driver's handle.</param>
internal sealed unsafe class CudaFunction(CudaDevice device, nint handle)
{
    /// <summary>Blocks of a cluster that every device with clusters allows.</summary>
    private const int UsualCluster = 8;

    /// <summary>A property of the compiled kernel, such as its registers.</summary>
    public int Attribute(FunctionAttribute attribute)
    {
        using (device.Use())
            return device.Driver.Attribute(handle, attribute);
    }

    /// <summary>Asks for what a launch needs beyond the usual; once before the first launch.</summary>
    /// <param name="sharedBytes">Shared memory of a block.</param>
    /// <param name="cluster">Blocks of a cluster, 0 without clusters.</param>
    public void Prepare(int sharedBytes, int cluster = 0)
    {
        using (device.Use())
        {
            if (sharedBytes > 0)
                device.Driver.SetAttribute(handle, FunctionAttribute.DynamicSharedBytes, sharedBytes);
            if (cluster > UsualCluster)
                device.Driver.SetAttribute(handle, FunctionAttribute.LargeClusters, 1);
        }
    }

    /// <summary>How many blocks of a launch run at the same time.</summary>
    /// <param name="blocks">Blocks of the launch.</param>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="sharedBytes">Shared memory of a block.</param>
    /// <param name="cluster">Blocks of a cluster, which run together or not at all; 0 without clusters.</param>
    public long BlocksAtOnce(int blocks, int threads, int sharedBytes, int cluster)
    {
        using (device.Use())
        {
            if (cluster == 0)
                return (long)device.Driver.BlocksPerMultiprocessor(handle, threads, sharedBytes) * device.Facts.Multiprocessors;

            LaunchAttribute attribute = LaunchAttribute.Cluster(cluster);
            LaunchConfiguration launch = LaunchConfiguration.Row(blocks, threads, sharedBytes);
            launch.Attributes = &attribute;
            launch.AttributeCount = 1;
            return (long)device.Driver.ActiveClusters(handle, launch) * cluster;
        }
    }

    /// <summary>Starts the kernel on the default stream. The device must be current; see <see cref="CudaDevice.Use"/>.</summary>
    /// <param name="argument">The kernel's one argument.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="sharedBytes">Shared memory of a block.</param>
    public void Launch<T>(in T argument, int blocks, int threads, int sharedBytes = 0)
        where T : unmanaged => Launch(argument, LaunchConfiguration.Row(blocks, threads, sharedBytes));

    /// <summary>Starts the kernel with one attribute.</summary>
    public void Launch<T>(in T argument, int blocks, int threads, int sharedBytes, LaunchAttribute attribute)
        where T : unmanaged
    {
        LaunchConfiguration launch = LaunchConfiguration.Row(blocks, threads, sharedBytes);
        launch.Attributes = &attribute;
        launch.AttributeCount = 1;
        Launch(argument, launch);
    }

    private void Launch<T>(in T argument, in LaunchConfiguration launch)
        where T : unmanaged
    {
        fixed (T* address = &argument)
            device.Driver.Launch(handle, launch, address);
    }
}
