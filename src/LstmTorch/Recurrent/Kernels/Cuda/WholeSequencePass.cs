using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// The kernel that runs a whole sequence of one shape forward, or the one that runs it backward, ready to be started: compiled,
/// with the memory through which its blocks exchange states and in which weights lie that are streamed.
/// </summary>
/// <remarks>
/// The memory serves every run, one after another: all of them are on the default stream. A lock keeps what belongs to one
/// run together.
/// </remarks>
internal sealed class WholeSequencePass
{
    private static readonly ConcurrentDictionary<(CudaDevice Device, CudaShape Shape, bool Backward), WholeSequencePass?> s_passes = new();

    private readonly CudaDevice _device;
    private readonly CudaFunction _kernel;
    private readonly CudaFunction? _pack;
    private readonly CudaLaunch _launch;
    private readonly int _hiddenSize, _launches;
    private readonly Tensor? _exchange, _packedH, _packedC;
    private readonly Lock _lock = new();

    private WholeSequencePass(CudaDevice device, CudaShape shape, CudaLaunch launch, CudaFunction kernel)
    {
        (_device, _launch, _kernel, _hiddenSize) = (device, launch, kernel, shape.HiddenSize);
        _launches = (shape.Batch + launch.Rows - 1) / launch.Rows;
        _pack = launch.Pack is { } pack ? device.Function(pack.Parts, pack.Defines, pack.Function) : null;
        _pack?.Prepare(launch.Pack!.SharedBytes);
        _exchange = Memory(launch.ExchangeWords * sizeof(uint));
        _packedH = Memory(launch.PackedBytes.H);
        _packedC = Memory(launch.PackedBytes.C);
    }

    /// <summary>How the kernel is launched.</summary>
    public CudaLaunch Launch => _launch;

    /// <summary>The pass for a shape, or null if no plan for it fits the device.</summary>
    /// <exception cref="Runtime.LstmTorchException">A kernel cannot be compiled or loaded.</exception>
    public static WholeSequencePass? Find(CudaDevice device, CudaShape shape, bool backward) =>
        s_passes.GetOrAdd((device, shape, backward), static key => Prepare(key.Device, key.Shape, key.Backward));

    /// <summary>Runs the sequence forward.</summary>
    public void Run(in RecurrentWeights weights, in ForwardTensors tensors)
    {
        var common = WeightArguments.Of(weights, _packedH, _packedC);
        StartAll(common, ForwardArguments.Of(common, tensors, TensorMemory.AddressOrZero(_exchange), _device.Lost.Address));
    }

    /// <summary>Runs the sequence backward.</summary>
    public void Run(in RecurrentWeights weights, in BackwardTensors tensors)
    {
        var common = WeightArguments.Of(weights, _packedH, _packedC);
        StartAll(common, BackwardArguments.Of(common, tensors, TensorMemory.AddressOrZero(_exchange), _device.Lost.Address));
    }

    /// <summary>
    /// Takes the first plan whose blocks all run at once: a device may be shared, or divided. Clusters know nothing of each other and may run
    /// one after another, which takes several times as long, so that this is the second choice.
    /// </summary>
    private static WholeSequencePass? Prepare(CudaDevice device, CudaShape shape, bool backward)
    {
        WholeSequencePass? inWaves = null;
        foreach (CudaPlan plan in CudaPlan.Candidates(device.Facts, shape))
        {
            CudaLaunch launch = backward ? plan.Backward : plan.Forward;
            CudaFunction kernel = device.Function(launch.Parts, launch.Defines, launch.Function);
            kernel.Prepare(launch.SharedBytes, launch.Cluster);
            long atOnce = kernel.BlocksAtOnce(launch.Blocks, launch.Threads, launch.SharedBytes, launch.Cluster);
            if (atOnce >= launch.Blocks)
                return new WholeSequencePass(device, shape, launch, kernel);
            if (inWaves is null && launch.Cluster > 0 && atOnce >= launch.Cluster)
                inWaves = new WholeSequencePass(device, shape, launch, kernel);
        }

        return inWaves;
    }

    private Tensor? Memory(long bytes) =>
        bytes == 0 ? null : empty(bytes, dtype: ScalarType.Byte, device: _device.Memory).DetachFromDisposeScope();

    private void Pack(in WeightArguments weights) => _pack?.Launch(
        new PackArguments { Weights = weights, HiddenSize = _hiddenSize }, _launch.Pack!.Blocks, _launch.Pack.Threads, _launch.Pack.SharedBytes);

    /// <summary>Lays the weights out that are streamed, and starts every launch of the batch.</summary>
    private void StartAll<T>(in WeightArguments weights, T arguments)
        where T : unmanaged, IBatchArguments
    {
        lock (_lock)
        {
            using var current = _device.Use();
            Pack(weights);
            for (int n = 0; n < _launches; n++)
            {
                arguments.FirstRow = n * _launch.Rows;
                Start(arguments);
            }
        }
    }

    private void Start<T>(in T arguments)
        where T : unmanaged
    {
        // Words of an earlier launch would pass for words of this one.
        if (_exchange is not null)
            _device.Driver.Fill(TensorMemory.Address(_exchange), 0, _launch.ExchangeWords);
        _kernel.Launch(
            arguments,
            _launch.Blocks,
            _launch.Threads,
            _launch.SharedBytes,
            _launch.Cluster > 0 ? LaunchAttribute.Cluster(_launch.Cluster) : LaunchAttribute.Cooperative);
    }
}
