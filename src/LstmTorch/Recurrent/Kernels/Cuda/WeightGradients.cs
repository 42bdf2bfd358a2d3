using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The gradients of a cell's weights: each is added to a sum that there is already, in the product that computes it, or is a new tensor.</summary>
/// <param name="weights">The weights in the order of <see cref="PeepholeLstmCell"/>'s fields; null where the cell has none.</param>
/// <param name="sums">What to add to; null, or an entry of null, for a new tensor.</param>
internal sealed class WeightGradients(Tensor?[] weights, Tensor?[]? sums)
{
    private const int Bias = 2, Peepholes = 3, Threads = 256;

    private static readonly string[] s_files = ["sums.cu"];

    /// <summary>Those that were not added to a sum, by weight.</summary>
    public Tensor?[] New { get; } = new Tensor?[weights.Length];

    /// <summary>Adds a product to the gradient of a weight, if there is such a weight.</summary>
    public void AddProduct(int weight, Tensor left, Tensor right)
    {
        if (weights[weight] is null)
            return;
        if (sums?[weight] is { } sum)
            sum.addmm_(left, right);
        else
            New[weight] = left.mm(right);
    }

    /// <summary>Adds a product to the gradients of neighbouring weights of equal shape, whose rows follow each other in it.</summary>
    public void AddProduct(int first, int count, Tensor left, Tensor right)
    {
        if (sums is not null && Adjoining(first, count) is { } joined)
        {
            joined.addmm_(left, right);
            return;
        }

        Tensor[] products = left.mm(right).chunk(count, 0);
        for (int n = 0; n < count; n++)
            Add(first + n, products[n]);
    }

    /// <summary>Adds to the gradient of a weight, if there is such a weight.</summary>
    public void Add(int weight, Tensor gradient)
    {
        if (weights[weight] is null)
            return;
        if (sums?[weight] is { } sum)
            sum.add_(gradient);
        else
            New[weight] = gradient;
    }

    /// <summary>Adds the sums over the batch of what a backward pass has summed over time, in one kernel; false if there are not all sums to add to.</summary>
    /// <param name="device">The device.</param>
    /// <param name="overTime">[8, B, H]; see <see cref="BackwardTensors"/>.</param>
    /// <param name="diagonal">Whether the last four are those of peepholes.</param>
    public bool TryAddBatchSums(CudaDevice device, Tensor overTime, bool diagonal)
    {
        if (sums is null || !IsReady(Bias) || (diagonal && !(IsReady(Peepholes) && IsReady(Peepholes + 1) && IsReady(Peepholes + 2) && IsReady(Peepholes + 3))))
            return false;

        nint Peephole(int gate) => diagonal ? TensorMemory.AddressOrZero(sums[Peepholes + gate]) : 0;
        var arguments = new BatchSumArguments
        {
            OverTime = TensorMemory.Address(overTime),
            Bias = TensorMemory.Address(sums[Bias]!),
            I = Peephole(GateOrder.Input),
            F = Peephole(GateOrder.Forget),
            G = Peephole(GateOrder.Candidate),
            O = Peephole(GateOrder.Output),
            Batch = checked((int)overTime.size(1)),
            HiddenSize = checked((int)overTime.size(2)),
            Count = checked((int)(overTime.size(2) * GateOrder.Count * (diagonal ? 2 : 1))),
        };
        using var current = device.Use();
        device.Function(s_files, [], "add_batch_sums").Launch(arguments, (arguments.Count + Threads - 1) / Threads, Threads);
        GC.KeepAlive((overTime, sums));
        return true;

        // A weight that the cell does not have needs no sum.
        bool IsReady(int weight) => weights[weight] is null || sums[weight] is { } sum && sum.is_contiguous();
    }

    /// <summary>The sums of neighbouring weights as one matrix, if that is how they lie; as those of <see cref="Forecasting.FlatParameters"/> do.</summary>
    private Tensor? Adjoining(int first, int count)
    {
        if (sums![first] is not { } start || !start.is_contiguous())
            return null;
        long rows = start.size(0), columns = start.size(1);
        for (int n = 1; n < count; n++)
        {
            if (sums[first + n] is not { } next || !next.is_contiguous() || TensorMemory.Address(next) != TensorMemory.Address(start) + (n * rows * columns * sizeof(float)))
                return null;
        }

        return start.as_strided([count * rows, columns], [columns, 1], start.storage_offset());
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct BatchSumArguments
    {
        public nint OverTime, Bias, I, F, G, O;
        public int Batch, HiddenSize, Count;
    }
}
