using System.Runtime.Intrinsics;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>Dropout whose mask is a function of a key and each element's number.</summary>
/// <remarks>
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014, scaled in training as in PyTorch.
/// A generator with a state draws one number after another, and takes longer than the layer below. Here every element is drawn
/// by itself, the same for every vector width, thread count and device, and again in the backward pass: no mask is kept.
/// </remarks>
public static class CounterDropout
{
    /// <summary>Sets elements to zero with a probability and divides the others by what is left of 1.</summary>
    /// <param name="input">Any shape, float32 or float64.</param>
    /// <param name="probability">The share that is dropped, in [0, 1).</param>
    /// <param name="key">Decides which: take another one for every call. <see cref="NewKey"/> draws one.</param>
    /// <param name="sameOverTime">Whether all steps of a sequence, the input's first axis, have the mask of the first.</param>
    /// <returns>The input's shape.</returns>
    public static Tensor Apply(Tensor input, double probability, long key, bool sameOverTime = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        LibTorch.Load();
        bool inGraph = GraphNode.IsWanted(input);
        using var noGradient = no_grad();
        Tensor dropped = Masked(input, probability, key, sameOverTime);
        return inGraph ? GraphNode.Record(new Derivative(probability, key, sameOverTime), [input], [dropped], [])[0] : dropped;
    }

    /// <summary>A key from libtorch's generator, which <c>torch.manual_seed</c> sets.</summary>
    public static long NewKey()
    {
        using Tensor key = randint(long.MaxValue, 1, dtype: ScalarType.Int64);
        return key.item<long>();
    }

    /// <summary>Multiplies by a mask: 0 with the probability, else 1 / (1 − probability).</summary>
    internal static void Multiply(ReadOnlySpan<float> input, Span<float> output, double probability, long key)
    {
        int width = Vector256<float>.Count, n = 0;
        var mask = new Mask(probability, key);
        for (; n <= input.Length - width; n += width)
            (Vector256.Create(input[n..]) * mask.Of(n)).CopyTo(output[n..]);
        for (Vector256<float> last = mask.Of(n); n < input.Length; n++)
            output[n] = input[n] * last[n % width];
    }

    private static Tensor Masked(Tensor input, double probability, long key, bool sameOverTime)
    {
        using var scope = NewDisposeScope();
        if (!sameOverTime && TrainingKernels.For(input) is { } kernels)
        {
            Tensor values = input.contiguous(), dropped = empty_like(values);
            kernels.Dropout(values, dropped, probability, key);
            return dropped.MoveToOuterDisposeScope();
        }

        // A mask of one step serves all of them.
        long[] shape = sameOverTime ? input.shape[1..] : input.shape;
        int step = checked((int)shape.Aggregate(1L, (product, size) => product * size));
        if (input.device_type != DeviceType.CPU || input.dtype != ScalarType.Float32)
            return (input * CounterMask.Of(step, probability, key, input.dtype, input.device).view(shape)).MoveToOuterDisposeScope();

        Tensor factors = TensorMemory.Contiguous(input), result = TensorMemory.Empty(input.shape);
        Span<float> from = TensorMemory.Floats(factors), to = TensorMemory.Floats(result);
        for (int start = 0; start < from.Length; start += step)
            Multiply(from.Slice(start, step), to.Slice(start, step), probability, key);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Multiplying by the mask is linear, so that forward, backward and every further derivative are the same.</summary>
    private sealed record Derivative(double Probability, long Key, bool SameOverTime) : IDerivative
    {
        public Tensor?[] Backward(Tensor?[] saved, Tensor?[] gradients) =>
            [gradients[0] is { } gradient ? Apply(gradient, Probability, Key, SameOverTime) : null];
    }

    private readonly struct Mask(double probability, long key)
    {
        private readonly Vector256<uint> _first = Vector256.Create((uint)key);
        private readonly Vector256<uint> _second = Vector256.Create((uint)(key >> 32));
        private readonly Vector256<uint> _dropped = Vector256.Create((uint)(probability * uint.MaxValue));
        private readonly Vector256<float> _kept = Vector256.Create((float)(1 / (1 - probability)));

        /// <summary>The mask of the elements from a number on.</summary>
        public Vector256<float> Of(int first)
        {
            Vector256<uint> numbers = Vector256<uint>.Indices + Vector256.Create((uint)first);
            Vector256<uint> random = Mix(Mix(numbers + _first) + _second);
            return _kept & Vector256.GreaterThanOrEqual(random, _dropped).AsSingle();
        }

        /// <summary>The finalizer of MurmurHash3 (Appleby, 2011): each bit of the result depends on every bit of the number.</summary>
        private static Vector256<uint> Mix(Vector256<uint> h)
        {
            h ^= h >> 16;
            h *= Vector256.Create(0x85EBCA6Bu);
            h ^= h >> 13;
            h *= Vector256.Create(0xC2B2AE35u);
            return h ^ (h >> 16);
        }
    }
}
