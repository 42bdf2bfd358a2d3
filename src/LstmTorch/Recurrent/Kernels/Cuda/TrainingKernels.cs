using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The kernels of training.cu: what a training step does beside the layers, on a CUDA device.</summary>
internal sealed class TrainingKernels
{
    private const int Threads = 256, BlocksPerMultiprocessor = 8;

    private static readonly ConcurrentDictionary<int, TrainingKernels?> s_devices = new();

    private readonly CudaDevice _device;
    private readonly CudaFunction _adam;
    private readonly CudaFunction _dropout;

    /// <summary>Compiles and loads the kernels.</summary>
    /// <exception cref="LstmTorchException">They cannot be compiled or loaded.</exception>
    public TrainingKernels(CudaDevice device)
    {
        _device = device;
        _adam = device.Function(["training.cu"], [], "adam");
        _dropout = device.Function(["training.cu"], [], "dropout");
    }

    /// <summary>The kernels for a tensor; null for one that is not float32 on a CUDA device, and where they cannot be had: tensor operations do the same.</summary>
    public static TrainingKernels? For(Tensor tensor) =>
        tensor.device_type != TorchSharp.DeviceType.CUDA || tensor.dtype != ScalarType.Float32 ? null : s_devices.GetOrAdd(tensor.device_index, Load);

    /// <summary>Queues a step of Adam, which changes nothing if a measured number is not finite.</summary>
    /// <param name="weights">θ, [N].</param>
    /// <param name="gradients">g, [N].</param>
    /// <param name="mean">m, [N].</param>
    /// <param name="variance">v, [N].</param>
    /// <param name="shares">Each weight's share of the learning rate, [N]; null where all have all of it.</param>
    /// <param name="measured">The loss and the gradient's norm, [2].</param>
    /// <param name="clipNorm">A gradient of a larger norm is scaled down to it; null for no limit.</param>
    /// <param name="factors">The numbers of the step.</param>
    public void Adam(
        Tensor weights, Tensor gradients, Tensor mean, Tensor variance, Tensor? shares, Tensor measured, double? clipNorm, in AdamFactors factors)
    {
        Launch(_adam, weights.numel(), new AdamArguments
        {
            Weights = TensorMemory.Address(weights),
            Gradients = TensorMemory.Address(gradients),
            Mean = TensorMemory.Address(mean),
            Variance = TensorMemory.Address(variance),
            Shares = shares is null ? 0 : TensorMemory.Address(shares),
            Measured = TensorMemory.Address(measured),
            Count = weights.numel(),
            ClipNorm = (float)(clipNorm ?? double.PositiveInfinity),
            Factors = factors,
        });
        GC.KeepAlive((weights, gradients, mean, variance, shares, measured));
    }

    /// <summary>Multiplies by the mask of <see cref="CounterDropout"/>.</summary>
    /// <param name="input">Any shape, contiguous.</param>
    /// <param name="output">Receives the product; the input's shape, contiguous.</param>
    /// <param name="probability">The share that is dropped.</param>
    /// <param name="key">Decides which.</param>
    public void Dropout(Tensor input, Tensor output, double probability, long key)
    {
        Launch(_dropout, input.numel(), new DropoutArguments
        {
            Input = TensorMemory.Address(input),
            Output = TensorMemory.Address(output),
            Count = input.numel(),
            KeyLow = (uint)key,
            KeyHigh = (uint)(key >> 32),
            Dropped = (uint)(probability * uint.MaxValue),
            Kept = (float)(1 / (1 - probability)),
        });
        GC.KeepAlive((input, output));
    }

    private static TrainingKernels? Load(int index)
    {
        try
        {
            return CudaDevices.Find(index).Device is { } device ? new TrainingKernels(device) : null;
        }
        catch (LstmTorchException)
        {
            return null;
        }
    }

    private void Launch<T>(CudaFunction kernel, long elements, in T arguments)
        where T : unmanaged
    {
        using var current = _device.Use();
        kernel.Launch(arguments, (int)Math.Clamp((elements + Threads - 1) / Threads, 1, BlocksPerMultiprocessor * _device.Facts.Multiprocessors), Threads);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct AdamArguments
    {
        public nint Weights, Gradients, Mean, Variance, Shares, Measured;
        public long Count;
        public float ClipNorm;
        public AdamFactors Factors;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct DropoutArguments
    {
        public nint Input, Output;
        public long Count;
        public uint KeyLow, KeyHigh, Dropped;
        public float Kept;
    }
}
