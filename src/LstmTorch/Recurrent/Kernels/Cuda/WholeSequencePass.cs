using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// The kernel that runs a whole sequence of one shape forward, or the one that runs it backward, ready to be started: compiled,
/// with the memory through which its blocks exchange states and in which weights lie that are streamed.
/// </summary>
/// <remarks>
/// The memory serves every run, one after another: all of them are on the default stream. A lock keeps what belongs to one
/// launch together.
/// </remarks>
internal sealed class WholeSequencePass
{
    private static readonly ConcurrentDictionary<(CudaDevice Device, CudaShape Shape, bool Backward), WholeSequencePass?> s_passes = new();

    private readonly CudaDevice _device;
    private readonly CudaFunction _kernel;
    private readonly CudaLaunch _launch;
    private readonly CudaFunction? _pack;
    private readonly CudaLaunch? _packLaunch;
    private readonly Tensor? _exchange, _packedH, _packedC;
    private readonly int _hiddenSize;
    private readonly Lock _lock = new();

    private WholeSequencePass(CudaDevice device, Direction direction, CudaFunction kernel, int hiddenSize)
    {
        _hiddenSize = hiddenSize;
        (_device, _kernel, _launch, _packLaunch) = (device, kernel, direction.Launch, direction.Pack);
        if (_packLaunch is not null)
        {
            _pack = device.Function(direction.Files, direction.Defines, _packLaunch.Function);
            _pack.Prepare(_packLaunch.SharedBytes);
        }

        _exchange = Memory(_launch.ExchangeWords * sizeof(uint));
        _packedH = Memory(direction.PackedBytesH);
        _packedC = Memory(direction.PackedBytesC);
    }

    /// <summary>The pass for a shape, or null if no plan for it fits the device.</summary>
    /// <exception cref="Runtime.LstmTorchException">A kernel cannot be compiled or loaded.</exception>
    public static WholeSequencePass? Find(CudaDevice device, CudaShape shape, bool backward) =>
        s_passes.GetOrAdd((device, shape, backward), static key => Prepare(key.Device, key.Shape, key.Backward));

    /// <summary>Runs the sequence forward.</summary>
    public void Run(in RecurrentWeights weights, in ForwardTensors tensors)
    {
        var first = WeightArguments.Of(weights, _packedH, _packedC);
        Start(first, ForwardArguments.Of(first, tensors, TensorMemory.AddressOrZero(_exchange), _device.Lost.Address));
    }

    /// <summary>Runs the sequence backward.</summary>
    public void Run(in RecurrentWeights weights, in BackwardTensors tensors)
    {
        var first = WeightArguments.Of(weights, _packedH, _packedC);
        Start(first, BackwardArguments.Of(first, tensors, TensorMemory.AddressOrZero(_exchange), _device.Lost.Address));
    }

    private static WholeSequencePass? Prepare(CudaDevice device, CudaShape shape, bool backward)
    {
        foreach (CudaPlan plan in CudaPlan.Candidates(device.Facts, shape))
        {
            Direction direction = Direction.Of(plan, backward);
            CudaFunction kernel = device.Function(direction.Files, direction.Defines, direction.Launch.Function);
            var (_, blocks, threads, cluster, sharedBytes, _) = direction.Launch;
            kernel.Prepare(sharedBytes, cluster);
            if (cluster > 0 ? kernel.FitsCluster(blocks, threads, sharedBytes, cluster) : kernel.FitsAtOnce(blocks, threads, sharedBytes))
                return new WholeSequencePass(device, direction, kernel, shape.HiddenSize);
        }

        return null;
    }

    private Tensor? Memory(long bytes) =>
        bytes == 0 ? null : empty(bytes, dtype: ScalarType.Byte, device: _device.Memory).DetachFromDisposeScope();

    private void Start<T>(in WeightArguments weights, in T arguments)
        where T : unmanaged
    {
        lock (_lock)
        {
            using var current = _device.Use();
            if (_packLaunch is not null)
                _pack!.Launch(new PackArguments { Weights = weights, HiddenSize = _hiddenSize }, _packLaunch.Blocks, _packLaunch.Threads, _packLaunch.SharedBytes);

            // Words of an earlier launch would pass for words of this one.
            if (_exchange is not null)
                _device.Driver.Fill(TensorMemory.Address(_exchange), 0, _launch.ExchangeWords);
            LaunchAttribute together = _launch.Cluster > 0 ? LaunchAttribute.Cluster(_launch.Cluster) : LaunchAttribute.Cooperative;
            _kernel.Launch(arguments, _launch.Blocks, _launch.Threads, _launch.SharedBytes, together);
        }
    }

    /// <summary>One half of a plan.</summary>
    private sealed record Direction(
        IReadOnlyList<string> Files, IReadOnlyList<string> Defines, CudaLaunch Launch, CudaLaunch? Pack, long PackedBytesH, long PackedBytesC)
    {
        private static readonly string[] s_files = ["hardware.cuh", "peephole_lstm.cu"];

        public static Direction Of(CudaPlan plan, bool backward) => backward
            ? new(s_files, plan.BackwardDefines, plan.Backward, plan.PackBackward, plan.PackedBackwardBytesH, plan.PackedBackwardBytesC)
            : new(s_files, plan.ForwardDefines, plan.Forward, plan.PackForward, plan.PackedForwardBytesH, plan.PackedForwardBytesC);
    }
}
