using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The gradients of a cell's weights: each is added to a sum that there is already, by the kernel that computes it, or is a new tensor.</summary>
/// <param name="device">The device.</param>
/// <param name="precision">How factors of products round.</param>
/// <param name="weights">The weights in the order of <see cref="PeepholeLstmCell"/>'s fields; null where the cell has none.</param>
/// <param name="sums">What to add to; null, or an entry of null, for a new tensor.</param>
internal sealed class WeightGradients(CudaDevice device, MatrixPrecision precision, Tensor?[] weights, Tensor?[]? sums)
{
    private const int Bias = 2, Peepholes = 3, Threads = 256;

    private static readonly string[] s_files = ["sums.cu"];

    /// <summary>Those that were not added to a sum, by weight.</summary>
    public Tensor?[] New { get; } = new Tensor?[weights.Length];

    /// <summary>Adds a product to the gradients of neighbouring weights of equal shape, whose rows follow each other in it.</summary>
    /// <param name="first">The first weight.</param>
    /// <param name="count">How many.</param>
    /// <param name="left">[count · rows, K].</param>
    /// <param name="right">[K, columns].</param>
    public void AddProduct(int first, int count, in Matrix left, in Matrix right)
    {
        if (Adjoining(first, count) is { } sum)
        {
            device.Products.Multiply(left, right, sum, beta: 1, precision);
            return;
        }

        Tensor product = TensorMemory.EmptyOn(device.Memory, left.Rows, right.Columns);
        device.Products.Multiply(left, right, Matrix.Of(product), beta: 0, precision);
        Tensor[] each = count == 1 ? [product] : product.chunk(count, 0);
        for (int n = 0; n < count; n++)
            Add(first + n, each[n]);
    }

    /// <summary>Adds the sums over the batch of what a backward pass has summed over time: the gradients of the bias and of diagonal peepholes.</summary>
    /// <param name="overTime">[8, B, H]; see <see cref="BackwardTensors"/>.</param>
    /// <param name="diagonal">Whether the last four are those of peepholes.</param>
    public void AddBatchSums(Tensor overTime, bool diagonal)
    {
        var (batch, hidden) = (overTime.size(1), overTime.size(2));
        int[] ofVectors = [Bias, .. diagonal ? Enumerable.Range(Peepholes, GateOrder.Count).Where(weight => weights[weight] is not null) : []];

        // The kernel adds: where there is nothing yet, to zeros.
        Tensor? fresh = null;
        foreach (int weight in ofVectors)
        {
            if (sums?[weight] is { } sum && sum.is_contiguous())
                continue;
            fresh ??= zeros(2 * GateOrder.Count, hidden, dtype: ScalarType.Float32, device: device.Memory);
            New[weight] = weight == Bias ? fresh.narrow(0, 0, GateOrder.Count).view(-1) : fresh.select(0, GateOrder.Count + weight - Peepholes);
        }

        nint Target(int weight) => ofVectors.Contains(weight) ? TensorMemory.Address(New[weight] ?? sums![weight]!) : 0;
        var arguments = new BatchSumArguments
        {
            OverTime = TensorMemory.Address(overTime),
            Bias = Target(Bias),
            I = Target(Peepholes + GateOrder.Input),
            F = Target(Peepholes + GateOrder.Forget),
            G = Target(Peepholes + GateOrder.Candidate),
            O = Target(Peepholes + GateOrder.Output),
            Batch = checked((int)batch),
            HiddenSize = checked((int)hidden),
            Count = checked((int)(hidden * GateOrder.Count * (diagonal ? 2 : 1))),
        };
        device.Function(s_files, [], "add_batch_sums").Launch(arguments, (arguments.Count + Threads - 1) / Threads, Threads);
    }

    private void Add(int weight, Tensor gradient)
    {
        if (sums?[weight] is { } sum)
            sum.add_(gradient, HeldScalars.One);
        else
            New[weight] = gradient;
    }

    /// <summary>The sums of neighbouring weights as one matrix, if that is how they lie; as those of <see cref="Forecasting.FlatParameters"/> do.</summary>
    private Matrix? Adjoining(int first, int count)
    {
        if (sums?[first] is not { } start || !start.is_contiguous())
            return null;
        Matrix one = Matrix.Of(start);
        for (int n = 1; n < count; n++)
        {
            if (sums[first + n] is not { } next || !next.is_contiguous() || TensorMemory.Address(next) != one.RowRange(n * one.Rows, one.Rows).Address)
                return null;
        }

        return one with { Rows = count * one.Rows };
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct BatchSumArguments
    {
        public nint OverTime, Bias, I, F, G, O;
        public int Batch, HiddenSize, Count;
    }
}
