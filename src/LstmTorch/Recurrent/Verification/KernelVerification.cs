using LstmTorch.Recurrent.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>How far one quantity of a case is from what it should be.</summary>
/// <param name="Quantity">The output, state or gradient, such as output or grad weight_ih_l0.</param>
/// <param name="Error">The largest error: absolute in float64, relative to max(1, |expected|) in float32, and to max(1, largest |expected|) in tf32.</param>
public sealed record QuantityError(string Quantity, double Error);

/// <summary>The outcome of one case with one kernel in one precision.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Precision">float64, float32 or tf32.</param>
/// <param name="Tolerance">The largest error that passes.</param>
/// <param name="Errors">Every quantity; empty if the kernel does not serve the case.</param>
/// <param name="Refusal">Why the kernel does not serve the case, or null.</param>
/// <param name="Repeats">How often it ran.</param>
/// <param name="Differing">A quantity that was not the same to the bit in every run, or null.</param>
public sealed record VerificationResult(
    string Case,
    string Kernel,
    string Precision,
    double Tolerance,
    IReadOnlyList<QuantityError> Errors,
    string? Refusal,
    int Repeats = 1,
    string? Differing = null)
{
    /// <summary>The quantity that is furthest off, or null.</summary>
    public QuantityError? Worst => Errors.MaxBy(error => double.IsNaN(error.Error) ? double.PositiveInfinity : error.Error);

    /// <summary>True unless a quantity is beyond the tolerance or not a number, or differs between runs.</summary>
    public bool Passed => Differing is null && Errors.All(error => error.Error <= Tolerance);
}

/// <summary>Runs reference cases through a kernel and measures the error of every output and gradient.</summary>
public static class KernelVerification
{
    /// <summary>float64: a few hundred operations deep, each good to 1e-16; a wrong term shows at 1e-3.</summary>
    public const double Float64Tolerance = 1e-10;

    /// <summary>float32: the same depth with 6e-8 an operation.</summary>
    public const double Float32Tolerance = 1e-5;

    /// <summary>
    /// TF32: factors of 11 significant bits, off by 5e-4 at most; in a sum most of it cancels, over layers and steps some of it adds
    /// up. The sums of a gradient have terms as large as its largest element, also where they come to little: errors above one are
    /// relative to that element. A peephole that is left out or swapped with another moves outputs by 6e-3 and more.
    /// </summary>
    public const double Tf32Tolerance = 5e-3;

    private static readonly string[] s_outputs = ["output", "h_n", "c_n"], s_inputs = ["input", "h_0", "c_0"];

    /// <summary>Runs one case.</summary>
    /// <param name="case">The case.</param>
    /// <param name="kernel">The kernel to hold against it.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="precision">The precision of matrix products in float32 on a CUDA device.</param>
    /// <param name="repeats">How often to run it; every run must be the same to the bit.</param>
    public static VerificationResult Run(
        ReferenceCase @case,
        ILstmKernel kernel,
        ScalarType dtype,
        Device device,
        MatrixPrecision precision = MatrixPrecision.Fp32,
        int repeats = 1)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(kernel);
        using var scope = NewDisposeScope();
        (string name, double tolerance, Func<Tensor, Tensor> scale) = dtype == ScalarType.Float64 ? ("float64", Float64Tolerance, expected => ones_like(expected))
            : precision == MatrixPrecision.Tf32 ? ("tf32", Tf32Tolerance, expected => expected.abs().max())
            : ("float32", Float32Tolerance, (Func<Tensor, Tensor>)(expected => expected.abs()));
        if (Refusal(kernel, dtype, device) is { } refusal)
            return new(@case.Name, kernel.Name, name, tolerance, [], refusal);

        IReadOnlyDictionary<string, Tensor?> outcome;
        string? differing = null;
        TensorMemory.Poisons = true;
        try
        {
            outcome = KernelOutcome.Of(@case, kernel, dtype, device, precision);
            for (int n = 1; n < repeats && differing is null; n++)
            {
                using var inner = NewDisposeScope();
                differing = FirstDifference(outcome, KernelOutcome.Of(@case, kernel, dtype, device, precision));
            }
        }
        finally
        {
            TensorMemory.Poisons = false;
        }

        QuantityError Error(string quantity, Tensor expected) =>
            new(quantity, LargestError(outcome.GetValueOrDefault(quantity), expected, scale(expected)));
        QuantityError[] errors =
        [
            .. s_outputs.Select(quantity => Error(quantity, @case.Value(quantity))),
            .. s_inputs.Select(quantity => Error($"grad {quantity}", @case.Gradient(quantity))),
            .. Enumerable.Range(0, @case.Layers).SelectMany(k =>
                @case.WeightGradients(k).Select(expected => Error($"grad {expected.Key}_l{k}", expected.Value))),
        ];
        return new(@case.Name, kernel.Name, name, tolerance, errors, null, repeats, differing);
    }

    /// <summary>Why a kernel serves no cell of this type on this device, or null.</summary>
    public static string? Refusal(ILstmKernel kernel, ScalarType dtype, Device device)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        using var cell = new PeepholeLstmCell(1, 1, Runtime.Model.Peephole.None, dtype, device);
        using Tensor input = zeros(1, 1, 1, dtype: dtype, device: device);
        return kernel.Refuses(cell, input);
    }

    /// <summary>A quantity whose bytes are not the same, or null.</summary>
    private static string? FirstDifference(IReadOnlyDictionary<string, Tensor?> first, IReadOnlyDictionary<string, Tensor?> second) =>
        first.Keys.FirstOrDefault(quantity => !Bytes(first[quantity]).SequenceEqual(Bytes(second[quantity])));

    private static ReadOnlySpan<byte> Bytes(Tensor? tensor) => tensor is null ? default : tensor.detach().cpu().contiguous().bytes;

    private static double LargestError(Tensor? actual, Tensor expected, Tensor scale)
    {
        if (actual is null || !actual.shape.SequenceEqual(expected.shape))
            return double.NaN;

        Tensor error = (actual.detach().to(ScalarType.Float64, CPU) - expected).abs();
        return (error / scale.maximum(ones_like(scale))).max().item<double>();
    }
}
